import { tf } from "../tf";

/** An attribute of an operation as tfjs-node passes it on. */
export interface OpAttribute {
	readonly name: string;
	/** One of the addon's numbers for kinds of attributes. */
	readonly type: number;
	readonly value: unknown;
}

/** Runs one of TensorFlow's operations by its name. */
export type Execute<Result> = (
	name: string,
	attributes: readonly OpAttribute[],
	inputs: readonly tf.TensorInfo[],
	outputs: number,
) => Result;

/** What the backend knows of a tensor's data. */
export interface TensorData {
	readonly shape: number[];
	readonly dtype: number;
	/** The addon's number of the tensor; -1 if there is none. */
	readonly id: number;
	/** Values that become a tensor of the addon when they are used. */
	values: ArrayLike<number> | null;
}

/** What tfjs-node's backend offers beyond tfjs's own interface; all that it computes goes through here. */
export interface NodeBackend {
	/** The addon: its numbers for types and kinds of attributes, and its functions. */
	readonly binding: Readonly<Record<string, number>> & {
		createTensor(
			shape: readonly number[],
			dtype: number,
			data: unknown,
		): number;
	};
	readonly tensorMap: { get(id: object): TensorData };
	createOutputTensor(metadata: {
		shape: readonly number[];
		dtype: number;
		id: number;
	}): tf.Tensor;
	executeSingleOutput: Execute<tf.Tensor>;
	executeMultipleOutputs: Execute<tf.Tensor[]>;
	read(id: object): Promise<ArrayLike<number>>;
	readSync(id: object): ArrayLike<number>;
	loadSavedModelMetaGraph(folder: string, tags: string): number;
	runSavedModel(
		id: number,
		inputs: readonly tf.Tensor[],
		infos: readonly { name: string }[],
		outputs: readonly string[],
	): tf.Tensor[];
	deleteSavedModel(id: number): void;
}

/** The backend, which is tfjs-node's. */
export function nodeBackend(): NodeBackend {
	return tf.backend() as unknown as NodeBackend;
}

/** The type of a tensor's values in TensorFlow: a number of `DataType` in `types.proto`. */
export function nativeType({ dataId }: tf.TensorInfo): number {
	return nodeBackend().tensorMap.get(dataId).dtype;
}

/** Reads a tensor's values, unnoticed by whoever watches the backend. */
export function readUnnoticed(dataId: object): ArrayLike<number> {
	const backend = nodeBackend();
	const { readSync } = Object.getPrototypeOf(backend) as NodeBackend;
	return readSync.call(backend, dataId);
}
