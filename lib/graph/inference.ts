import { tf } from "../tf";
import { compile } from "./compile";
import { isDeterministic } from "./deterministic";
import { foldBatchNormalization } from "./fold_batch_normalization";
import { type Graph, run } from "./graph";
import { configOf } from "./layer_config";

/** Layers in inference mode, as a TensorFlow graph that is shared by all who have the same layers with the same weights. */
export class Inference {
	private readonly compute: (...inputs: tf.Tensor[]) => tf.Tensor[];

	constructor(layers: Graph) {
		const graph = foldBatchNormalization(layers);
		const compute = (...inputs: tf.Tensor[]) => run(graph, inputs);
		// A custom layer may do something else at each call.
		this.compute = graph.steps.every(({ layer }) => isDeterministic(layer))
			? compile(compute, { anyBatchSize: true })
			: (...inputs) => tf.tidy(() => compute(...inputs));
	}

	/** Runs the layers on a batch; the caller disposes the results. */
	run(inputs: readonly tf.Tensor[]): tf.Tensor[] {
		return this.compute(...inputs);
	}
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
