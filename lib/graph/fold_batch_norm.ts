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

/** A graph for inference, with a function that disposes the tensors that it holds. */
export interface InferenceGraph {
	readonly graph: Graph;
	readonly dispose: () => void;
}

/**
 * Folds each batch normalization that follows a convolution into the convolution's current weights.
 *
 * With its moving statistics, batch normalization multiplies each channel by a constant and adds another constant. The
 * kernel can be multiplied once instead. A following ReLU, and preceding zero padding like that of `padding: 'same'`, join the
 * same step. The results differ only by rounding. This is for graphs that run in inference mode until their weights change.
 * The caller disposes the folded weights.
 */
export function foldBatchNormalization(graph: Graph): InferenceGraph {
	const consumerOf = findSoleConsumer(graph);
	const producers = new Map(
		graph.steps.map((step) => [step.outputs[0] ?? -1, step]),
	);
	const pairs: Pair[] = graph.steps.flatMap((convolution) => {
		const norm = consumerOf(convolution.outputs[0]);
		return norm &&
			isLinearConvolution(convolution.layer) &&
			isChannelwise(norm.layer) &&
			!(norm.training && !norm.frozen)
			? { convolution, norm }
			: [];
	});
	const folded = foldWeights(pairs);
	const replaced = new Map<Step, Step | undefined>();
	for (const [i, { convolution, norm }] of pairs.entries()) {
		const next = consumerOf(norm.outputs[0]);
		const activation = next && activationOf(next.layer);
		const before = producers.get(convolution.inputs[0] ?? -1);
		const pad =
			before && consumerOf(before.outputs[0]) && isZeroPadding(before.layer)
				? before
				: undefined;

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
				folded[i] as Weights,
				pad && paddingOf(pad.layer),
				activation,
			),
		});
	}
	const steps = graph.steps.flatMap((step) =>
		replaced.has(step) ? (replaced.get(step) ?? []) : step,
	);
	return {
		graph: { ...graph, steps },
		dispose: () =>
			tf.dispose(folded.flatMap(({ kernel, bias }) => [kernel, bias])),
	};
}

/** A convolution, and the batch normalization that follows it. */
interface Pair {
	readonly convolution: Step;
	readonly norm: Step;
}

/**
 * Returns the folded weights of convolutions; the caller disposes them. Values for each channel are computed for all
 * convolutions at once, in a few operations instead of hundreds.
 */
function foldWeights(pairs: readonly Pair[]): Weights[] {
	if (pairs.length === 0) return [];
	const sizes = pairs.map(({ norm }) => norm.layer.weights[0]?.shape[0] ?? 0);
	const epsilons = new Float32Array(sizes.reduce((sum, size) => sum + size));
	let start = 0;
	for (const [i, { norm }] of pairs.entries()) {
		const end = start + (sizes[i] as number);
		epsilons.fill(configOf(norm.layer).epsilon, start, end);
		start = end;
	}
	const concat = (value: (pair: Pair, size: number) => tf.Tensor) =>
		tf.concat1d(
			pairs.map((pair, i) => value(pair, sizes[i] as number) as tf.Tensor1D),
		);
	return tf.tidy(() => {
		const mean = concat(({ norm, convolution }) => {
			const mean = read(norm, "moving_mean") as tf.Tensor;
			const bias = read(convolution, "bias");
			return bias ? mean.sub(bias) : mean;
		});
		const variance = concat(
			({ norm }) => read(norm, "moving_variance") as tf.Tensor,
		);
		const gamma = concat(
			({ norm }, size) => read(norm, "gamma") ?? tf.ones([size]),
		);
		const beta = concat(
			({ norm }, size) => read(norm, "beta") ?? tf.zeros([size]),
		);
		const scale = gamma.div(variance.add(tf.tensor1d(epsilons)).sqrt());
		const biases = tf.split(beta.sub(mean.mul(scale)), sizes);
		return tf.split(scale, sizes).map((scale, i) => {
			const { layer } = (pairs[i] as Pair).convolution;
			const kernel = layer.weights[0]?.read() as tf.Tensor4D;
			// A depthwise kernel is [rows, columns, channels, 1].
			const perChannel = isDepthwise(layer) ? scale.reshape([-1, 1]) : scale;
			return {
				kernel: tf.keep(kernel.mul<tf.Tensor4D>(perChannel)),
				bias: tf.keep(biases[i] as tf.Tensor),
			};
		});
	});
}

function read({ layer }: Step, weight: string): tf.Tensor | undefined {
	return layer.weights
		.find(({ originalName }) => originalName.endsWith(`/${weight}`))
		?.read();
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
