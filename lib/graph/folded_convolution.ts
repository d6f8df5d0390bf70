import { fusedConvolution } from "../kernels/fused_convolution";
import { tf } from "../tf";
import type { Step } from "./graph";
import { type Config, configOf } from "./layer_config";

/** Zeros before and after the rows, and before and after the columns. */
export type Padding = [[number, number], [number, number]];

/** The folded weights of a convolution and the batch normalization that follows it. */
export interface Weights {
	readonly kernel: tf.Tensor4D;
	/** `[channels]` */
	readonly bias: tf.Tensor;
}

/**
 * Makes a step that convolves with these weights instead of the layer's, and applies the activation.
 *
 * @param zeros padded before, if any
 */
export function convolve(
	layer: tf.layers.Layer,
	{ kernel, bias }: Weights,
	zeros: Padding | undefined,
	activation: "Relu" | "Relu6" | undefined,
): Step["compute"] {
	const config = configOf(layer);
	const { strides, padding } = config;
	const fuse = (padding: "same" | "valid") =>
		fusedConvolution(
			isDepthwise(layer),
			strides,
			padding === "same" ? "SAME" : "VALID",
			activation,
		);
	const convolveAsIs = fuse(padding);
	const convolveSame = fuse("same");
	return ([input]) => {
		const x = input as tf.Tensor4D;
		if (!zeros) return convolveAsIs(x, kernel, bias);
		if (padding === "valid" && isSamePadding(x.shape, zeros, config)) {
			return convolveSame(x, kernel, bias);
		}
		return tf.tidy(() =>
			convolveAsIs(tf.pad4d(x, [[0, 0], ...zeros, [0, 0]]), kernel, bias),
		);
	};
}

export function isDepthwise(layer: tf.layers.Layer): boolean {
	return layer.getClassName() === "DepthwiseConv2D";
}

/** Whether padding an input `[n, rows, columns, c]` with zeros like this is what `padding: 'same'` would do. */
function isSamePadding(
	[, ...sizes]: readonly number[],
	amounts: Padding,
	{ strides, kernelSize }: Config,
): boolean {
	return amounts.every(([before, after], i) => {
		const [size = 0, stride = 1, kernel = 1] = [sizes, strides, kernelSize].map(
			(values) => values[i],
		);
		const steps = Math.ceil(size / stride) - 1;
		const total = Math.max(steps * stride + kernel - size, 0);
		return before === Math.floor(total / 2) && before + after === total;
	});
}
