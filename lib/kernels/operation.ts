import { tf } from "../tf";

/** What tfjs-node's backend offers beyond tfjs's own interface: any operation of TensorFlow, by name. */
interface NodeBackend {
	readonly binding: {
		readonly TF_ATTR_STRING: number;
		readonly TF_ATTR_INT: number;
		readonly TF_ATTR_TYPE: number;
		readonly TF_FLOAT: number;
	};
	executeSingleOutput(
		name: string,
		attributes: readonly { name: string; type: number; value: unknown }[],
		inputs: readonly tf.TensorInfo[],
	): tf.Tensor;
}

/** An operation of TensorFlow with its attributes: give it float32 tensors; the caller owns the result. */
export type Operation = (...inputs: tf.TensorInfo[]) => tf.Tensor;

/**
 * Prepares one of TensorFlow's operations, whose type attribute is `T`. It runs without tfjs's own checks and records
 * no gradient, in half the time that tfjs takes for a small one.
 */
export function operation(
	name: string,
	attributes: Readonly<Record<string, string | readonly number[]>> = {},
): Operation {
	const backend = tf.backend() as unknown as NodeBackend;
	const { TF_ATTR_STRING, TF_ATTR_INT, TF_ATTR_TYPE, TF_FLOAT } =
		backend.binding;
	const list = [
		{ name: "T", type: TF_ATTR_TYPE, value: TF_FLOAT },
		...Object.entries(attributes).map(([name, value]) => ({
			name,
			type: typeof value === "string" ? TF_ATTR_STRING : TF_ATTR_INT,
			value,
		})),
	];
	return (...inputs) => backend.executeSingleOutput(name, list, inputs);
}
