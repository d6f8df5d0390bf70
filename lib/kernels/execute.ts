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

/** Runs one of TensorFlow's operations on float32 tensors (its type attribute is `T`); the caller owns the result. */
export function execute(
	name: string,
	inputs: readonly tf.TensorInfo[],
	attributes: Readonly<Record<string, string | readonly number[]>> = {},
): tf.Tensor {
	const backend = tf.backend() as unknown as NodeBackend;
	const { TF_ATTR_STRING, TF_ATTR_INT, TF_ATTR_TYPE, TF_FLOAT } =
		backend.binding;
	return backend.executeSingleOutput(
		name,
		[
			{ name: "T", type: TF_ATTR_TYPE, value: TF_FLOAT },
			...Object.entries(attributes).map(([name, value]) => ({
				name,
				type: typeof value === "string" ? TF_ATTR_STRING : TF_ATTR_INT,
				value,
			})),
		],
		inputs,
	);
}
