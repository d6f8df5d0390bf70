import { tf } from "../tf";
import {
	type NodeBackend,
	nodeBackend,
	type OpAttribute,
} from "./node_backend";

/** The addon's names for the kinds of plain values. */
const attributeTypes = {
	string: "TF_ATTR_STRING",
	number: "TF_ATTR_INT",
	boolean: "TF_ATTR_BOOL",
} as const;
const tensorTypes = {
	float32: "TF_FLOAT",
	int32: "TF_INT32",
	uint8: "TF_UINT8",
} as const;

type Attribute =
	| string
	| number
	| boolean
	| readonly number[]
	| { readonly type: keyof typeof tensorTypes };

/** Attributes of an operation, by their names. Where none is a type, `T` is float32. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** An operation of TensorFlow with its attributes; the caller owns the result. */
export type Operation = (...inputs: tf.TensorInfo[]) => tf.Tensor;

/**
 * Prepares one of TensorFlow's operations. It runs without tfjs's own checks, in half the time that tfjs takes for a
 * small one. Outside a kernel it has no gradient, and it throws if a gradient is being recorded.
 */
export function rawOp(name: string, attributes: Attributes = {}): Operation {
	const backend = nodeBackend();
	const isType = (value: Attribute) =>
		typeof value === "object" && "type" in value;
	const list = Object.entries<Attribute>({
		...(!Object.values(attributes).some(isType) && { T: { type: "float32" } }),
		...attributes,
	}).map(([name, value]) => encode(name, value, backend.binding));
	return (...inputs) => {
		refuseUnderTape(name);
		return backend.executeSingleOutput(name, list, inputs, 1);
	};
}

/** A tensor of bytes, for operations that take them. tfjs does not know that type and treats it as int32. */
export function byteTensor(
	data: Uint8Array,
	shape: readonly number[],
): tf.Tensor {
	const backend = nodeBackend();
	const dtype = backend.binding.TF_UINT8 as number;
	const id = backend.binding.createTensor(shape, dtype, data);
	return backend.createOutputTensor({ shape, dtype, id });
}

/** Whether tfjs is recording operations for a gradient. Inside a kernel it does not, because it records the kernel as a whole. */
export function isTapeOn(): boolean {
	return (tf.engine() as unknown as { isTapeOn(): boolean }).isTapeOn();
}

function refuseUnderTape(name: string): void {
	if (!isTapeOn()) return;
	throw new Error(
		`${name} has no gradient here: it runs as a TensorFlow operation, which tfjs does not record. Use tfjs's own function where you need a gradient.`,
	);
}

function encode(
	name: string,
	value: Attribute,
	binding: NodeBackend["binding"],
): OpAttribute {
	const numberOf = (key: string) => binding[key] as number;
	if (typeof value !== "object") {
		const type = numberOf(attributeTypes[typeof value as "string"]);
		return { name, type, value };
	}
	return "type" in value
		? {
				name,
				type: numberOf("TF_ATTR_TYPE"),
				value: numberOf(tensorTypes[value.type]),
			}
		: { name, type: numberOf("TF_ATTR_INT"), value };
}
