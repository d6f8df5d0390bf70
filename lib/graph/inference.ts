import { tf } from "../tf";
import { type Compiled, compile } from "./compile";
import { isDeterministic } from "./deterministic";
import { foldBatchNormalization } from "./fold_batch_normalization";
import { type Graph, run } from "./graph";
import { configOf } from "./layer_config";

/** A smaller batch runs at once, a larger one is traced first, which takes as long as some batches. */
const smallBatch = 8;

/** Layers in inference mode, as TensorFlow graphs that are shared by all who have the same layers with the same weights. */
export class Inference {
	private readonly compiled: Compiled<tf.Tensor[], tf.Tensor[]> | undefined;
	private readonly traced = new Set<number>();
	private readonly seen = new Set<number>();

	private readonly graph: Graph;

	constructor(layers: Graph) {
		const graph = foldBatchNormalization(layers);
		this.graph = graph;
		// A custom layer may do something else at each call.
		if (graph.steps.every(({ layer }) => isDeterministic(layer))) {
			this.compiled = compile((...inputs) => run(graph, inputs));
		}
	}

	/**
	 * Runs the layers on a batch; the caller disposes the results.
	 *
	 * A graph is for one size of batches, so a batch is filled up to a size that is traced already, if that is not far away.
	 */
	run(inputs: readonly tf.Tensor[]): tf.Tensor[] {
		const { graph, compiled } = this;
		const size = inputs[0]?.shape[0] ?? 0;
		const larger = [...this.traced].filter((known) => known >= size);
		const traced = Math.min(...larger);
		const isNear = traced <= smallBatch * size;
		if (!compiled || (!isNear && size < smallBatch && !this.seen.has(size))) {
			this.seen.add(size);
			return tf.tidy(() => run(graph, inputs));
		}
		if (!isNear) this.traced.add(size);
		if (!isNear || traced === size) return compiled(...inputs);
		return tf.tidy(() =>
			compiled(...inputs.map((input) => fill(input, traced - size))).map(
				(output) => head(output, size),
			),
		);
	}
}

/** Adds zeros at the end of a batch. */
function fill(x: tf.Tensor, count: number): tf.Tensor {
	const none = x.shape.slice(1).map(() => [0, 0] as [number, number]);
	return tf.pad(x, [[0, count], ...none]);
}

/** The first examples of a batch. */
function head(x: tf.Tensor, size: number): tf.Tensor {
	const others = x.shape.slice(1);
	return tf.slice(x, [0, ...others.map(() => 0)], [size, ...others]);
}

interface Known {
	readonly description: string;
	readonly weights: readonly object[];
	readonly inference: Inference;
}

/** By the data of the first weight, so that the graphs are freed with the weights. */
const knownByWeight = new WeakMap<object, Known[]>();
const withoutWeights = {};

/**
 * Returns the inference of a graph: the same for any graph with the same layers, settings and weights, in any model.
 *
 * tfjs gives a weight new data whenever it is assigned, so the same data object means the same values.
 */
export function inferenceOf(graph: Graph): Inference {
	const weights = graph.steps.flatMap(({ layer }) =>
		layer.weights.map((weight) => (weight.read() as tf.Tensor).dataId),
	);
	const key = weights[0] ?? withoutWeights;
	const description = describe(graph);
	const known = knownByWeight.get(key) ?? [];
	const found = known.find(
		(one) =>
			one.description === description &&
			one.weights.length === weights.length &&
			one.weights.every((weight, i) => weight === weights[i]),
	);
	if (found) return found.inference;
	const inference = new Inference(graph);
	// The same layers with other weights are outdated: those weights were assigned since, and never come back.
	const current = known.filter((one) => one.description !== description);
	knownByWeight.set(key, [...current, { description, weights, inference }]);
	return inference;
}

/** Describes the layers' classes, settings, modes and connections, without their names, which make no difference. */
function describe({ steps, outputs }: Graph): string {
	const layers = steps.map(({ layer, training, inputs, outputs }) => {
		const config = { ...configOf(layer), name: undefined };
		return [layer.getClassName(), config, training, inputs, outputs];
	});
	return JSON.stringify([layers, outputs]);
}
