import { type Execute, nodeBackend } from "../kernels/node_backend";
import { tf } from "../tf";
import { NotTraceable, Recorder } from "./recorder";
import { inferShape } from "./shape_inference";
import type { TracedGraph } from "./traced_graph";

/** Whether a function is being traced now. */
export function isTracing(): boolean {
	return tracing;
}

let tracing = false;

/**
 * Runs a function, and makes a graph of the operations that pass through the backend meanwhile. Most of them are not computed:
 * only the shapes of their results are known, which take no memory.
 *
 * @param changing the variables whose values will change: inputs of the graph. Those of others become constants.
 * @param anyBatchSize whether the graph takes any number of examples along the first axis; the inputs have `tracedExamples`
 * @returns undefined if the function cannot be a graph, or throws
 */
export function trace(
	fn: () => tf.Tensor[],
	inputs: readonly tf.Tensor[],
	changing: WeakSet<tf.Variable>,
	anyBatchSize: boolean,
): TracedGraph | undefined {
	try {
		const recorder = new Recorder(inputs, changing, anyBatchSize);
		const outputs = watch(fn, recorder);
		try {
			return recorder.load(outputs);
		} finally {
			tf.dispose(outputs);
		}
	} catch {
		return undefined;
	}
}

/**
 * Records what passes through the backend while `action` runs.
 *
 * @throws NotTraceable as soon as `action` does what a graph cannot do
 */
function watch<T>(action: () => T, recorder: Recorder): T {
	let problem: NotTraceable | undefined;
	const refuse = (why: string): never => {
		problem ??= new NotTraceable(why);
		throw problem;
	};
	const backend = nodeBackend();
	const { executeSingleOutput, executeMultipleOutputs, read, readSync } =
		backend;
	const overrides = [
		override(backend, "executeSingleOutput", (...call) => {
			const [op, attributes, inputs] = call;
			const shape = inferShape(op, attributes, inputs);
			const result = shape
				? createAbstract(shape)
				: executeSingleOutput.apply(backend, withValues(call));
			recorder.record(call, [result]);
			return result;
		}),
		override(backend, "executeMultipleOutputs", (...call) => {
			const results = executeMultipleOutputs.apply(backend, withValues(call));
			recorder.record(call, results);
			return results;
		}),
		override(backend, "readSync", (id) =>
			recorder.knows(id)
				? refuse("it reads a tensor's values")
				: readSync.call(backend, id),
		),
		override(backend, "read", (id) => {
			if (!recorder.knows(id)) return read.call(backend, id);
			problem ??= new NotTraceable("it reads a tensor's values");
			// Whoever waits for them waits for those of the next run, which computes them.
			return new Promise(() => {});
		}),
		override(Math, "random", () =>
			refuse("it draws random numbers in JavaScript"),
		),
		override(tf.Variable.prototype, "assign", () =>
			refuse("it assigns a variable"),
		),
		override(tf.engine(), "makeVariable", () =>
			refuse("it creates a variable"),
		),
	];
	tracing = true;
	try {
		const result = action();
		if (problem) throw problem;
		return result;
	} finally {
		tracing = false;
		for (const restore of overrides) restore();
	}
}

/** Replaces a method; the function that it returns puts it back. */
function override<T extends object, K extends keyof T>(
	object: T,
	name: K,
	method: T[K],
): () => void {
	const before = Object.getOwnPropertyDescriptor(object, name);
	object[name] = method;
	return () => {
		if (before) Object.defineProperty(object, name, before);
		else delete object[name];
	};
}

/** A tensor, float32, that has a shape but no values. */
function createAbstract(shape: readonly number[]): tf.Tensor {
	const backend = nodeBackend();
	const dtype = backend.binding.TF_FLOAT as number;
	return backend.createOutputTensor({ shape, dtype, id: -1 });
}

/** Gives zeros to the inputs that have no values, for an operation that is computed. */
function withValues(call: Parameters<Execute<unknown>>): typeof call {
	const { tensorMap } = nodeBackend();
	for (const { dataId, shape } of call[2]) {
		const data = tensorMap.get(dataId);
		if (data.id < 0)
			data.values ??= new Float32Array(tf.util.sizeFromShape([...shape]));
	}
	return call;
}
