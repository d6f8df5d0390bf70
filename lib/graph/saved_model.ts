import { BinaryWriter } from "google-protobuf";

/** A node of a TensorFlow graph. */
export interface Node {
	readonly name: string;
	/** The operation, such as `Conv2D`. */
	readonly op: string;
	/** Results of other nodes: `name:index`. */
	readonly inputs: readonly string[];
	readonly attributes: Readonly<Record<string, Attribute>>;
}

/** The value of a node's attribute: the one field of TensorFlow's `AttrValue` that is set. */
export type Attribute =
	| { readonly string: Uint8Array }
	| { readonly int: number }
	| { readonly float: number }
	| { readonly bool: boolean }
	| { readonly type: number }
	| { readonly shape: readonly number[] }
	| { readonly tensor: Constant }
	| { readonly strings: readonly Uint8Array[] }
	| { readonly ints: readonly number[] }
	| { readonly floats: readonly number[] }
	| { readonly bools: readonly boolean[] };

/** The value of a node `Const`. */
export interface Constant {
	/** TensorFlow's number of the type (`DataType` in `types.proto`). */
	readonly type: number;
	readonly shape: readonly number[];
	/** The values as they lie in memory. */
	readonly content: Uint8Array;
}

/** The tag under which the graph is loaded. */
export const tag = "serve";

/**
 * Encodes a graph as the file `saved_model.pb` of a SavedModel without variables.
 *
 * The numbers of fields are those of `saved_model.proto`, `meta_graph.proto`, `graph.proto`, `node_def.proto`,
 * `attr_value.proto`, `tensor.proto` and `tensor_shape.proto` in `tensorflow/core`.
 */
export function encodeSavedModel(nodes: readonly Node[]): Uint8Array {
	const writer = new BinaryWriter();
	// The version of the format.
	writer.writeInt64(1, 1);
	nest(writer, 2, (metaGraph) => {
		nest(metaGraph, 1, (info) => info.writeString(4, tag));
		nest(metaGraph, 2, (graph) => {
			for (const node of nodes) nest(graph, 1, (to) => writeNode(to, node));
			// Graphs older than `producer` 21 may not name types in attributes as these do.
			nest(graph, 4, (versions) => versions.writeInt32(1, 2000));
		});
	});
	return writer.getResultBuffer();
}

/** Writes a message as a field of another. */
function nest(
	writer: BinaryWriter,
	field: number,
	write: (writer: BinaryWriter) => void,
): void {
	writer.writeMessage(field, write, (write, inner) => write(inner));
}

function writeNode(to: BinaryWriter, node: Node): void {
	to.writeString(1, node.name);
	to.writeString(2, node.op);
	for (const input of node.inputs) to.writeString(3, input);
	for (const [name, value] of Object.entries(node.attributes)) {
		nest(to, 5, (entry) => {
			entry.writeString(1, name);
			nest(entry, 2, (to) => writeAttribute(to, value));
		});
	}
}

function writeAttribute(to: BinaryWriter, value: Attribute): void {
	if ("string" in value) to.writeBytes(2, value.string);
	else if ("int" in value) to.writeInt64(3, value.int);
	else if ("float" in value) to.writeFloat(4, value.float);
	else if ("bool" in value) to.writeBool(5, value.bool);
	else if ("type" in value) to.writeEnum(6, value.type);
	else if ("shape" in value) nest(to, 7, (to) => writeShape(to, value.shape));
	else if ("tensor" in value) {
		const { type, shape, content } = value.tensor;
		nest(to, 8, (tensor) => {
			tensor.writeEnum(1, type);
			nest(tensor, 2, (to) => writeShape(to, shape));
			tensor.writeBytes(4, content);
		});
	} else {
		nest(to, 1, (list) => {
			if ("strings" in value) {
				for (const string of value.strings) list.writeBytes(2, string);
			} else if ("ints" in value) list.writePackedInt64(3, [...value.ints]);
			else if ("floats" in value) list.writePackedFloat(4, [...value.floats]);
			else list.writePackedBool(5, [...value.bools]);
		});
	}
}

function writeShape(to: BinaryWriter, shape: readonly number[]): void {
	for (const size of shape) nest(to, 2, (dim) => dim.writeInt64(1, size));
}
