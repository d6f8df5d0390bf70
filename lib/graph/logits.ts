import { tf } from "../tf";
import type { Graph, Step } from "./graph";
import { configOf } from "./layer_config";

type Activation = (logits: tf.Tensor) => tf.Tensor;

/** The activations that give probabilities. */
const probabilityActivations = new Map<string | undefined, Activation>([
	["sigmoid", tf.sigmoid],
	["softmax", tf.softmax],
]);

/**
 * Adds the logits to a graph whose output comes directly from a sigmoid or softmax: the input of that activation.
 *
 * Cross-entropies are computed from the logits, as in Keras (`_get_logits` in `keras/src/backend/tensorflow/nn.py`),
 * because a probability that is rounded to 0 or 1 has no gradient. Keras accepts either activation for each of the
 * cross-entropies, even a softmax for `binaryCrossentropy`.
 *
 * @returns the graph with the logits as its second output, or the graph unchanged
 */
export function withLogits(graph: Graph): Graph {
	const [output] = graph.outputs;
	const last = graph.steps.find((step) => step.outputs[0] === output);
	if (!last || output === undefined || last.compute) return graph;
	const { layer, inputs } = last;
	const { activation, axis = -1 } = configOf(layer);
	const activate = probabilityActivations.get(activation);
	const withInputs = { ...graph, outputs: [output, ...inputs] };
	switch (layer.getClassName()) {
		case "Softmax":
			return axis === -1 ? withInputs : graph;
		case "Activation":
			return activate ? withInputs : graph;
		case "Dense":
		case "Conv2D":
		case "SeparableConv2D":
		case "DepthwiseConv2D":
			return activate ? splitActivation(graph, last, activate) : graph;
		default:
			return graph;
	}
}

/** Splits a layer into two steps: the layer without its activation, then the activation. */
function splitActivation(
	graph: Graph,
	last: Step,
	activate: Activation,
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
		compute: ([x]) => activate(x as tf.Tensor),
	};
	return {
		...graph,
		steps: graph.steps.flatMap((step) =>
			step === last ? [before, after] : step,
		),
		outputs: [...graph.outputs, logits],
	};
}

/** Returns the same layer with the same weights, but without its activation. */
function withoutActivation(layer: tf.layers.Layer): tf.layers.Layer {
	const { activation } = tf.layers.activation({
		activation: "linear",
	}) as unknown as { readonly activation: object };
	return Object.create(layer, { activation: { value: activation } });
}
