import { tf } from "../tf";
import type { Graph, Step } from "./graph";
import { configOf } from "./layer_config";

/** The activations that end in probabilities. */
type ProbabilityActivation = "sigmoid" | "softmax";

const isProbability = (
	activation: string | undefined,
): activation is ProbabilityActivation =>
	activation === "sigmoid" || activation === "softmax";

/**
 * Adds to a graph's output, if it comes straight from a sigmoid or softmax, what goes into the activation: the logits.
 *
 * Cross-entropies are computed from them, as Keras does (`_get_logits` in `keras/src/backend/tensorflow/nn.py`): a probability
 * that is rounded to 0 or 1 has no gradient. Keras takes them of either activation for each of the cross-entropies, those of
 * a softmax for `binaryCrossentropy`, too.
 *
 * @returns the graph with the logits as its second output, or the graph as it is
 */
export function withLogits(graph: Graph): Graph {
	const [output] = graph.outputs;
	const last = graph.steps.find((step) => step.outputs[0] === output);
	if (!last || output === undefined || last.compute) return graph;
	const { layer, inputs } = last;
	const config = configOf(layer);
	switch (layer.getClassName()) {
		case "Softmax":
			return isLastAxis(config.axis)
				? { ...graph, outputs: [output, ...inputs] }
				: graph;
		case "Activation":
			return isProbability(config.activation)
				? { ...graph, outputs: [output, ...inputs] }
				: graph;
		case "Dense":
		case "Conv2D":
		case "SeparableConv2D":
		case "DepthwiseConv2D":
			return isProbability(config.activation)
				? splitActivation(graph, last, config.activation)
				: graph;
		default:
			return graph;
	}
}

function isLastAxis(axis: number | undefined): boolean {
	return axis === undefined || axis === -1;
}

/** Makes two steps of a layer: the layer without its activation, then the activation. */
function splitActivation(
	graph: Graph,
	last: Step,
	activation: ProbabilityActivation,
): Graph {
	const linear = withoutActivation(last.layer);
	const used = [
		...graph.inputs,
		...graph.steps.flatMap(({ outputs }) => outputs),
	];
	const logits = Math.max(...used) + 1;
	const before: Step = {
		...last,
		outputs: [logits],
		compute: ([x]) => linear.call(x as tf.Tensor, {}) as tf.Tensor,
	};
	const after: Step = {
		...last,
		inputs: [logits],
		compute: ([x]) =>
			activation === "sigmoid"
				? tf.sigmoid(x as tf.Tensor)
				: tf.softmax(x as tf.Tensor),
	};
	return {
		...graph,
		steps: graph.steps.flatMap((step) =>
			step === last ? [before, after] : step,
		),
		outputs: [...graph.outputs, logits],
	};
}

/** The same layer with the same weights, with the identity for its activation. */
function withoutActivation(layer: tf.layers.Layer): tf.layers.Layer {
	const { activation } = tf.layers.activation({
		activation: "linear",
	}) as unknown as { readonly activation: object };
	return Object.create(layer, { activation: { value: activation } });
}
