import { tf } from "../tf";
import { findSoleConsumer } from "./consumers";
import {
	convolve,
	isDepthwise,
	type Padding,
	type Weights,
} from "./folded_convolution";
import type { Graph, Step } from "./graph";
import { configOf } from "./layer_config";

/** A graph for inference, and what disposes the tensors that it holds. */
export interface InferenceGraph {
	readonly graph: Graph;
	readonly dispose: () => void;
}

/**
 * Folds each batch normalization that follows a convolution into the convolution's weights, as they are now.
 *
 * With its moving statistics, batch normalization multiplies each channel by a constant and adds another; so
 * may the kernel, once. A ReLU that follows, and zeros padded before as `padding: 'same'` would, join the same
 * step. The results differ by rounding only. For graphs that run in inference mode until their
 * weights change; the caller disposes the folded weights.
 */
export function foldBatchNormalization(graph: Graph): InferenceGraph {
	const consumerOf = findSoleConsumer(graph);
	const producers = new Map(
		graph.steps.map((step) => [step.outputs[0] ?? -1, step]),
	);
	const folded: tf.Tensor[] = [];
	const replaced = new Map<Step, Step | undefined>();
	for (const convolution of graph.steps) {
		const norm = consumerOf(convolution.outputs[0]);
		if (!norm || !isLinearConvolution(convolution.layer)) continue;
		if (!isChannelwise(norm.layer)) continue;
		const next = consumerOf(norm.outputs[0]);
		const activation = next && activationOf(next.layer);
		const before = producers.get(convolution.inputs[0] ?? -1);
		const pad =
			before && consumerOf(before.outputs[0]) && isZeroPadding(before.layer)
				? before
				: undefined;
		const weights = foldWeights(convolution.layer, norm.layer);
		folded.push(weights.kernel, weights.bias);

		const last = activation && next ? next : norm;
		for (const step of [pad, convolution, norm]) {
			if (step) replaced.set(step, undefined);
		}
		replaced.set(last, {
			...convolution,
			inputs: (pad ?? convolution).inputs,
			outputs: last.outputs,
			compute: convolve(
				convolution.layer,
				weights,
				pad && paddingOf(pad.layer),
				activation,
			),
		});
	}
	const steps = graph.steps.flatMap((step) =>
		replaced.has(step) ? (replaced.get(step) ?? []) : step,
	);
	return { graph: { ...graph, steps }, dispose: () => tf.dispose(folded) };
}

function foldWeights(
	convolution: tf.layers.Layer,
	norm: tf.layers.Layer,
): Weights {
	return tf.tidy(() => {
		const read = (layer: tf.layers.Layer, name: string) =>
			layer.weights.find((w) => w.originalName.endsWith(`/${name}`))?.read();
		const [kernel, bias] = convolution.weights.map((weight) => weight.read());
		const variance = read(norm, "moving_variance") as tf.Tensor;
		const mean = read(norm, "moving_mean") as tf.Tensor;
		const gamma = read(norm, "gamma");
		const beta = read(norm, "beta");
		const deviation = variance.add(configOf(norm).epsilon).sqrt();
		const scale = gamma
			? gamma.div(deviation)
			: tf.onesLike(deviation).div(deviation);
		const shift = (bias ? mean.sub(bias) : mean).mul(scale);
		// A depthwise kernel is [rows, columns, channels, 1].
		const perChannel = isDepthwise(convolution)
			? scale.reshape([-1, 1])
			: scale;
		return {
			kernel: tf.keep((kernel as tf.Tensor4D).mul<tf.Tensor4D>(perChannel)),
			bias: tf.keep(beta ? beta.sub(shift) : shift.neg()),
		};
	});
}

function isLinearConvolution(layer: tf.layers.Layer): boolean {
	const { activation, dataFormat, dilationRate } = configOf(layer);
	return (
		["Conv2D", "DepthwiseConv2D"].includes(layer.getClassName()) &&
		activation === "linear" &&
		dataFormat !== "channelsFirst" &&
		[dilationRate].flat().every((rate) => rate === 1) &&
		(!isDepthwise(layer) || layer.weights[0]?.shape[3] === 1)
	);
}

function isZeroPadding(layer: tf.layers.Layer): boolean {
	return (
		layer.getClassName() === "ZeroPadding2D" &&
		configOf(layer).dataFormat !== "channelsFirst"
	);
}

function paddingOf(layer: tf.layers.Layer): Padding {
	return (layer as unknown as { readonly padding: Padding }).padding;
}

function isChannelwise(layer: tf.layers.Layer): boolean {
	const { axis } = configOf(layer);
	return (
		layer.getClassName() === "BatchNormalization" && (axis === -1 || axis === 3)
	);
}

function activationOf(layer: tf.layers.Layer): "Relu" | "Relu6" | undefined {
	if (layer.getClassName() !== "ReLU") return undefined;
	const { maxValue } = configOf(layer);
	return maxValue === 6 ? "Relu6" : maxValue == null ? "Relu" : undefined;
}
