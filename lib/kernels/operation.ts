import { tf } from "../tf";

/** What tfjs-node's backend offers beyond tfjs's own interface: any operation of TensorFlow, by name. */
interface NodeBackend {
	readonly binding: {
		readonly TF_ATTR_STRING: number;
		readonly TF_ATTR_INT: number;
		readonly TF_ATTR_TYPE: number;
		readonly TF_ATTR_SHAPE: number;
		readonly TF_FLOAT: number;
	};
	executeMultipleOutputs(
		name: string,
		attributes: readonly { name: string; type: number; value: unknown }[],
		inputs: readonly tf.TensorInfo[],
		outputs: number,
	): tf.Tensor[];
}

/** Attributes by their names: texts, lists of integers, or a shape. */
type Attributes = Readonly<
	Record<string, string | readonly number[] | { readonly shape: number[] }>
>;

/** An operation of TensorFlow with its attributes: give it float32 tensors; the caller owns the result. */
export type Operation = (...inputs: tf.TensorInfo[]) => tf.Tensor;

/**
 * Prepares one of TensorFlow's operations. It runs without tfjs's own checks and records no gradient, in half the
 * time that tfjs takes for a small one.
 *
 * @param type the name of its attribute for the type of its tensors. Default: `T`.
 */
export function operation(
	name: string,
	attributes: Attributes = {},
	type = "T",
): Operation {
	const execute = prepare(name, attributes, type, 1);
	return (...inputs) => execute(inputs)[0] as tf.Tensor;
}

/** Prepares one of TensorFlow's operations that has no result, as `operation` does. */
export function command(
	name: string,
	type = "T",
): (...inputs: tf.TensorInfo[]) => void {
	const execute = prepare(name, {}, type, 0);
	return (...inputs) => void execute(inputs);
}

function prepare(
	name: string,
	attributes: Attributes,
	type: string,
	outputs: number,
): (inputs: tf.TensorInfo[]) => tf.Tensor[] {
	const backend = tf.backend() as unknown as NodeBackend;
	const { binding } = backend;
	const list = [
		{ name: type, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
		...Object.entries(attributes).map(([name, value]) => {
			if (typeof value === "string")
				return { name, type: binding.TF_ATTR_STRING, value };
			return "shape" in value
				? { name, type: binding.TF_ATTR_SHAPE, value: value.shape }
				: { name, type: binding.TF_ATTR_INT, value };
		}),
	];
	return (inputs) =>
		backend.executeMultipleOutputs(name, list, inputs, outputs);
}
