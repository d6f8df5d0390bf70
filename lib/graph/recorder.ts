import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
	type Execute,
	nativeType,
	nodeBackend,
	type OpAttribute,
	readUnnoticed,
} from "../kernels/node_backend";
import { tf } from "../tf";
import {
	type Attribute,
	type Constant,
	encodeSavedModel,
	type Node,
	tag,
} from "./saved_model";
import { TracedGraph } from "./traced_graph";

/** Why a function cannot become a graph. */
export class NotTraceable extends Error {}

/** The examples that a graph for batches of any size is traced on. */
export const tracedExamples = 3;

const inputName = (i: number) => `input_${i}`;

/** Records operations as nodes of a graph. */
export class Recorder {
	private readonly nodes: Node[] = [];
	/** By the data of a tensor: the result of a node that computes it. */
	private readonly results = new Map<object, string>();
	private readonly variables = new Map<object, tf.Variable>();
	/** The data of more than one variable. */
	private readonly shared = new Set<object>();
	private readonly constants = new Map<tf.Variable, object>();
	private readonly fed: tf.Variable[] = [];
	private readonly backend = nodeBackend();

	constructor(
		private readonly inputs: readonly tf.Tensor[],
		private readonly changing: WeakSet<tf.Variable>,
		private readonly anyBatchSize: boolean,
	) {
		for (const variable of listVariables()) {
			const { dataId } = variable;
			if (this.variables.has(dataId)) this.shared.add(dataId);
			this.variables.set(dataId, variable);
		}
		for (const [i, { dataId, shape }] of inputs.entries()) {
			const others = shape.slice(1);
			this.addInput(i, dataId, anyBatchSize ? [-1, ...others] : shape);
		}
	}

	/**
	 * Records an operation.
	 *
	 * @throws NotTraceable
	 */
	record(
		[op, attributes, inputs]: Parameters<Execute<unknown>>,
		outputs: readonly tf.Tensor[],
	): void {
		// A graph runs only what its outputs need.
		if (outputs.length === 0) throw new NotTraceable(`${op} has no output`);
		const refs = inputs.map((input) => this.refer(input));
		if (this.anyBatchSize) this.openShape(op, inputs, refs);
		const encoded: Record<string, Attribute> = {};
		for (const { name, type, value } of attributes) {
			// TensorFlow's oneDNN pass ends the process over some attributes that are not the operation's own.
			if (name.startsWith("_")) continue;
			encoded[name] = this.encode(type, value);
		}
		const [x] = inputs;
		// tfjs-node casts the input, but names its type from before.
		if (op === "Mean" && x) encoded.T = { type: nativeType(x) };
		const node =
			op === "LeakyRelu"
				? this.addLeakyRelu(refs, attributes)
				: this.add(op, refs, encoded);
		for (const [i, { dataId }] of outputs.entries()) {
			this.results.set(dataId, `${node}:${i}`);
		}
	}

	/** Whether a tensor is computed in the graph, or a variable. */
	knows(dataId: object): boolean {
		return this.results.has(dataId) || this.variables.has(dataId);
	}

	/** Loads what was recorded. */
	load(outputs: readonly tf.Tensor[]): TracedGraph {
		if (outputs.length === 0) throw new NotTraceable("it returns nothing");
		const names = outputs.map((output) => this.addOutput(output));
		const folder = fs.mkdtempSync(path.join(os.tmpdir(), "graph-"));
		try {
			const file = path.join(folder, "saved_model.pb");
			fs.writeFileSync(file, encodeSavedModel(this.nodes));
			const inputs = [...this.inputs, ...this.fed].map((_, i) => ({
				name: `${inputName(i)}:0`,
			}));
			return new TracedGraph(
				this.backend.loadSavedModelMetaGraph(folder, tag),
				inputs,
				names,
				this.fed,
				this.constants,
			);
		} finally {
			fs.rmSync(folder, { recursive: true });
		}
	}

	private addInput(i: number, dataId: object, shape: readonly number[]): void {
		const { dtype } = this.backend.tensorMap.get(dataId);
		const attributes = { dtype: { type: dtype }, shape: { shape } };
		this.add("Placeholder", [], attributes, inputName(i));
		this.results.set(dataId, `${inputName(i)}:0`);
	}

	/** @returns the name of a result that nothing else has */
	private addOutput(tensor: tf.Tensor): string {
		const T = { type: nativeType(tensor) };
		return `${this.add("Identity", [this.refer(tensor)], { T })}:0`;
	}

	/** The node's result that a tensor is. What was not computed here becomes a constant, or an input if it changes. */
	private refer({ dataId }: tf.TensorInfo): string {
		if (this.shared.has(dataId)) {
			throw new NotTraceable("two variables share their values");
		}
		const variable = this.variables.get(dataId);
		if (!this.results.has(dataId) && variable && this.changing.has(variable)) {
			const i = this.inputs.length + this.fed.length;
			this.addInput(i, dataId, variable.shape);
			this.fed.push(variable);
		}
		const known = this.results.get(dataId);
		if (known) return known;
		if (variable) this.constants.set(variable, dataId);
		const ref = `${this.add("Const", [], this.constant(dataId))}:0`;
		this.results.set(dataId, ref);
		return ref;
	}

	/** Replaces the number of traced examples in a shape by "as many as there are": -1. */
	private openShape(
		op: string,
		inputs: readonly tf.TensorInfo[],
		refs: string[],
	): void {
		const i = { Reshape: 1, Slice: 2 }[op] ?? 0;
		const shape = inputs[i];
		if (i === 0 || !shape) return;
		const sizes = Int32Array.from(readUnnoticed(shape.dataId));
		// The examples come first, perhaps after ones, and perhaps together with the axes that follow.
		const batch = sizes.findIndex((size) => size !== 1);
		const isOpen =
			op === "Reshape"
				? (sizes[batch] ?? 1) % tracedExamples === 0
				: batch === 0 &&
					[sizes[0], inputs[0]?.shape[0]].every((n) => n === tracedExamples);
		if (!isOpen || sizes.includes(-1)) return;
		const TF_INT32 = this.backend.binding.TF_INT32 as number;
		const values = sizes.with(batch, -1);
		const tensor: Constant = {
			type: TF_INT32,
			shape: [values.length],
			content: new Uint8Array(values.buffer),
		};
		const attributes = { dtype: { type: TF_INT32 }, value: { tensor } };
		refs[i] = `${this.add("Const", [], attributes)}:0`;
	}

	private constant(dataId: object): Record<string, Attribute> {
		const { shape, dtype } = this.backend.tensorMap.get(dataId);
		const values = readUnnoticed(dataId);
		const { TF_FLOAT, TF_INT32, TF_BOOL } = this.backend.binding;
		let content: Float32Array | Int32Array | Uint8Array;
		if (dtype === TF_FLOAT) content = Float32Array.from(values);
		else if (dtype === TF_INT32) content = Int32Array.from(values);
		else if (dtype === TF_BOOL) content = Uint8Array.from(values);
		else throw new NotTraceable(`a constant has the type ${dtype}`);
		const tensor: Constant = {
			type: dtype,
			shape,
			content: new Uint8Array(content.buffer),
		};
		return { dtype: { type: dtype }, value: { tensor } };
	}

	/**
	 * The greater of x and a fraction of it. TensorFlow's own operation, where it follows a convolution and an addition, is fused
	 * with them by TensorFlow 2.21's oneDNN, which then takes 0.2 for the slope, whatever it is.
	 */
	private addLeakyRelu(
		inputs: readonly string[],
		attributes: readonly OpAttribute[],
	): string {
		const slope = attributes.find(({ name }) => name === "alpha")?.value;
		if (typeof slope !== "number" || slope < 0 || slope > 1) {
			throw new NotTraceable(`a leaky ReLU has the slope ${slope}`);
		}
		const T = { type: this.backend.binding.TF_FLOAT as number };
		const content = new Uint8Array(Float32Array.of(slope).buffer);
		const alpha = this.add("Const", [], {
			dtype: T,
			value: { tensor: { type: T.type, shape: [], content } },
		});
		const scaled = this.add("Mul", [...inputs, `${alpha}:0`], { T });
		return this.add("Maximum", [...inputs, `${scaled}:0`], { T });
	}

	private encode(type: number, value: unknown): Attribute {
		const { binding } = this.backend;
		const isList = Array.isArray(value);
		switch (type) {
			case binding.TF_ATTR_STRING:
				return { string: Buffer.from(value as string) };
			case binding.TF_ATTR_INT:
				return isList ? { ints: value } : { int: value as number };
			case binding.TF_ATTR_FLOAT:
				return isList ? { floats: value } : { float: value as number };
			case binding.TF_ATTR_BOOL:
				return isList ? { bools: value } : { bool: value as boolean };
			case binding.TF_ATTR_TYPE:
				return { type: value as number };
			case binding.TF_ATTR_SHAPE:
				return { shape: value as number[] };
			default:
				throw new NotTraceable(`an attribute is of the kind ${type}`);
		}
	}

	private add(
		op: string,
		inputs: readonly string[],
		attributes: Readonly<Record<string, Attribute>>,
		name = `${op.replace(/^_/, "")}_${this.nodes.length}`,
	): string {
		this.nodes.push({ name, op, inputs, attributes });
		return name;
	}
}

/** All variables of tfjs. */
function listVariables(): tf.Variable[] {
	return Object.values(tf.engine().registeredVariables);
}
