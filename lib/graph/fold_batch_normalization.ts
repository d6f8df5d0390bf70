import { tf } from "../tf";
import { isBatchNormalization, scaleAndShift } from "./batch_normalization";
import { findSoleConsumer } from "./consumers";
import type { Graph, Step } from "./graph";
import { configOf } from "./layer_config";

type Padding = readonly (readonly [before: number, after: number])[];

/**
 * Merges each convolution with the batch normalization that follows it, and with zero padding before it, for inference.
 *
 * With its moving statistics, a batch normalization multiplies each channel by a constant and adds another one. The kernel is
 * multiplied instead. (In a graph TensorFlow does this by itself, but not for depthwise convolutions, and not together with a
 * ReLU6.) The results differ only by rounding.
 */
export function foldBatchNormalization(graph: Graph): Graph {
	const consumerOf = findSoleConsumer(graph);
	const replaced = new Map<Step, Step | undefined>();
	for (const step of graph.steps) {
		const norm = consumerOf(step.outputs[0]);
		if (!norm || !isLinearConvolution(step.layer) || !isFoldable(norm))
			continue;
		const before = graph.steps.find(
			({ outputs }) => outputs[0] === step.inputs[0],
		);
		const pad =
			before && consumerOf(before.outputs[0]) && isZeroPadding(before.layer)
				? before
				: undefined;
		if (pad) replaced.set(pad, undefined);
		replaced.set(step, undefined);
		replaced.set(norm, {
			...step,
			inputs: (pad ?? step).inputs,
			outputs: norm.outputs,
			compute: ([x]) =>
				convolve(x as tf.Tensor4D, step.layer, norm.layer, pad?.layer),
		});
	}
	const steps = graph.steps.flatMap((step) =>
		replaced.has(step) ? (replaced.get(step) ?? []) : step,
	);
	return { ...graph, steps };
}

function convolve(
	x: tf.Tensor4D,
	convolution: tf.layers.Layer,
	norm: tf.layers.Layer,
	pad: tf.layers.Layer | undefined,
): tf.Tensor {
	const [kernel, bias] = convolution.weights.map((weight) => weight.read());
	const { scale, shift } = scaleAndShift(norm);
	const isDepthwise = convolution.getClassName() === "DepthwiseConv2D";
	// A depthwise kernel is [rows, columns, channels, multiplier].
	const perChannel = isDepthwise
		? scale.reshape((kernel as tf.Tensor).shape.slice(2))
		: scale;
	const folded = tf.mul(kernel as tf.Tensor, perChannel) as tf.Tensor4D;
	const added = bias ? tf.add(shift, tf.mul(bias, scale)) : shift;
	const { strides } = configOf(convolution);
	let { padding } = configOf(convolution);
	let padded = x;
	if (pad) {
		const { padding: sides } = pad as unknown as { readonly padding: Padding };
		const [rows, columns] = kernel?.shape ?? [];
		if (isSamePadding(x, sides, strides, [rows as number, columns as number])) {
			padding = "same";
		} else {
			padded = tf.pad(x, [[0, 0], ...sides.map(([a, b]) => [a, b]), [0, 0]] as [
				number,
				number,
			][]);
		}
	}
	const apply = isDepthwise ? tf.depthwiseConv2d : tf.conv2d;
	return tf.add(apply(padded, folded, strides, padding), added);
}

/** Whether zero padding adds what a convolution with `padding: 'same'` adds by itself. */
function isSamePadding(
	{ shape }: tf.Tensor4D,
	sides: Padding,
	strides: readonly number[],
	kernel: readonly number[],
): boolean {
	return sides.every(([before, after], i) => {
		const size = shape[i + 1] as number;
		const stride = strides[i] as number;
		const reach =
			(Math.ceil(size / stride) - 1) * stride + (kernel[i] as number);
		const total = Math.max(reach - size, 0);
		return before === total >> 1 && after === total - before;
	});
}

function isLinearConvolution(layer: tf.layers.Layer): boolean {
	const { activation, dataFormat, dilationRate } = configOf(layer);
	return (
		["Conv2D", "DepthwiseConv2D"].includes(layer.getClassName()) &&
		activation === "linear" &&
		dataFormat !== "channelsFirst" &&
		[dilationRate].flat().every((rate) => rate === 1)
	);
}

function isFoldable({ layer, frozen, training }: Step): boolean {
	const { axis } = configOf(layer);
	return (
		isBatchNormalization(layer) &&
		(axis === -1 || axis === 3) &&
		!(training && !frozen)
	);
}

function isZeroPadding(layer: tf.layers.Layer): boolean {
	return (
		layer.getClassName() === "ZeroPadding2D" &&
		configOf(layer).dataFormat !== "channelsFirst"
	);
}
