import { nativeType } from "../kernels/node_backend";
import { isTapeOn } from "../kernels/raw_op";
import { tf } from "../tf";
import { tracedExamples } from "./recorder";
import { isTracing, trace } from "./trace";
import { freeGraph, type TracedGraph } from "./traced_graph";

/** A function of tensors that runs as a TensorFlow graph. */
export interface Compiled<
	Inputs extends readonly tf.Tensor[],
	Output extends tf.Tensor | readonly tf.Tensor[],
> {
	/** Runs the function; the caller disposes the results. */
	(...inputs: Inputs): Output;
	/** Frees the graphs. A later call traces again. */
	dispose(): void;
}

/** Options of `compile`. */
export interface CompileOptions {
	/**
	 * Whether one graph serves batches of any size, where the function treats the examples along the first axis of its
	 * inputs and results independently, as a model does in inference mode. It is traced on three examples. A function for
	 * which that does not work is traced for each size.
	 *
	 * @default false
	 */
	readonly anyBatchSize?: boolean;
}

/**
 * Compiles a function of tensors to TensorFlow graphs, as `tf.function` does in Python.
 *
 * The first call with inputs of given shapes and types traces the function: it runs once, and the operations that it asks
 * tfjs-node for become a graph; most of them are not computed meanwhile. Then TensorFlow runs the graph: it folds
 * constants, fuses operations, reuses memory, and works on independent parts at the same time. The results are the same
 * except for rounding.
 *
 * Everything else that the function uses is a constant of the graph: tensors from outside, JavaScript's numbers, decisions.
 * A `tf.Variable` is one until it changes; the function is then traced once more, with its value as an input from then on.
 *
 * The function runs as it is, with the same results, where it cannot be a graph: if it reads a tensor's values, draws random
 * numbers in JavaScript, assigns or creates a variable; while a gradient is recorded; and on other backends than tfjs-node's.
 *
 * @param fn returns a tensor or a list of tensors; apart from those it must not change anything
 * @returns the compiled function. Its graphs are freed by `dispose`, or once it is no longer in use.
 * @example
 * ```ts
 * const standardize = compile((x: tf.Tensor) => x.sub(x.mean()).div(tf.moments(x).variance.sqrt()));
 * const y = standardize(tf.randomNormal([1000, 1000]));
 * standardize.dispose();
 * ```
 */
export function compile<
	Inputs extends readonly tf.Tensor[],
	Output extends tf.Tensor | readonly tf.Tensor[],
>(
	fn: (...inputs: Inputs) => Output,
	{ anyBatchSize = false }: CompileOptions = {},
): Compiled<Inputs, Output> {
	/** By the inputs' shapes and types; undefined if the function cannot be traced. */
	const graphs = new Map<string, TracedGraph | undefined>();
	// Apart from the graphs, which refer to variables: the registry below must not keep those alive.
	const ids = new Set<number>();
	const changing = new WeakSet<tf.Variable>();
	let isOpen = anyBatchSize;
	let isList = true;
	const runEagerly = (inputs: Inputs): tf.Tensor[] =>
		tf.tidy(() => {
			const output = fn(...inputs);
			isList = Array.isArray(output);
			// An input that is returned stays the caller's.
			return [output]
				.flat()
				.map((result) => (inputs.includes(result) ? result.clone() : result));
		});
	const runGraph = (inputs: Inputs): tf.Tensor[] => {
		const key = signatureOf(inputs, isOpen);
		const known = graphs.get(key);
		const changed = known?.changed() ?? [];
		if (graphs.has(key) && changed.length === 0) {
			return known ? runKnown(known, inputs) : runEagerly(inputs);
		}
		for (const variable of changed) changing.add(variable);
		if (known) {
			graphs.delete(key);
			free([known.id], ids);
		}
		const examples = isOpen ? inputs.map(takeExamples) : inputs;
		const run = () => runEagerly(examples as Inputs);
		const graph = trace(run, examples, changing, isOpen);
		if (isOpen) tf.dispose([...examples]);
		if (graph) {
			graphs.set(key, graph);
			ids.add(graph.id);
			return runKnown(graph, inputs);
		}
		const results = runEagerly(inputs);
		// Only now: an error of the function's own is no reason never to trace it.
		graphs.set(key, undefined);
		return results;
	};
	const runKnown = (graph: TracedGraph, inputs: Inputs): tf.Tensor[] => {
		if (!isOpen) return graph.run(inputs);
		const size = inputs[0]?.shape[0];
		try {
			const results = graph.run(inputs);
			if (results.every(({ shape }) => shape[0] === size)) return results;
			tf.dispose(results);
		} catch {
			// Something in the graph is for three examples only.
		}
		isOpen = false;
		dispose();
		return runGraph(inputs);
	};
	const call = (...inputs: Inputs): Output => {
		const isEager =
			tf.getBackend() !== "tensorflow" || isTapeOn() || isTracing();
		const results = isEager ? runEagerly(inputs) : runGraph(inputs);
		return (isList ? results : results[0]) as Output;
	};
	const dispose = () => {
		free([...ids], ids);
		graphs.clear();
	};
	unused.register(call, ids);
	return Object.assign(call, { dispose });
}

/** Returns the examples that a function is traced on: the first of a batch, or zeros. */
function takeExamples(batch: tf.Tensor): tf.Tensor {
	const [size = 0, ...others] = batch.shape;
	const none = others.map(() => 0);
	if (size >= tracedExamples) {
		return tf.slice(batch, [0, ...none], [tracedExamples, ...others]);
	}
	const missing: [number, number][] = [[0, tracedExamples - size]];
	return tf.pad(batch, [...missing, ...none.map((): [0, 0] => [0, 0])]);
}

/** Describes the inputs: shapes, types, and which of them are the same tensor. */
function signatureOf(inputs: readonly tf.Tensor[], isOpen: boolean): string {
	const data = inputs.map(({ dataId }) => dataId);
	return inputs
		.map((input, i) => {
			const first = data.indexOf(input.dataId);
			const shape = isOpen ? input.shape.with(0, -1) : input.shape;
			return `${nativeType(input)}[${shape}]${first < i ? first : ""}`;
		})
		.join();
}

function free(graphs: readonly number[], ids: Set<number>): void {
	for (const id of graphs) {
		ids.delete(id);
		freeGraph(id);
	}
}

/** Frees the graphs of compiled functions that are no longer in use. */
const unused = new FinalizationRegistry<Set<number>>((ids) => {
	free([...ids], ids);
});
