import { operation } from "../kernels/operation";
import { tf } from "../tf";
import type { Step } from "./graph";
import { type Config, configOf } from "./layer_config";

/** Zeros before and after the rows, and before and after the columns. */
export type Padding = [[number, number], [number, number]];

/** What a convolution and the batch normalization behind it have become. */
export interface Weights {
	readonly kernel: tf.Tensor4D;
	/** `[channels]` */
	readonly bias: tf.Tensor;
}

/**
 * Makes a step of a convolution with other weights than the layer's, and what follows it.
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
	const multiply = (padding: string) =>
		operation(isDepthwise(layer) ? "DepthwiseConv2dNative" : "Conv2D", {
			strides: [1, ...strides, 1],
			padding,
			data_format: "NHWC",
			dilations: [1, 1, 1, 1],
		});
	const multiplyAsIs = multiply(padding.toUpperCase());
	const multiplySame = multiply("SAME");
	const addBias = operation("BiasAdd", { data_format: "NHWC" });
	const activate = activation && operation(activation);
	return ([input]) =>
		tf.tidy(() => {
			const x = input as tf.Tensor4D;
			let products: tf.Tensor;
			if (!zeros) {
				products = multiplyAsIs(x, kernel);
			} else if (padding === "valid" && isSamePadding(x.shape, zeros, config)) {
				products = multiplySame(x, kernel);
			} else {
				products = multiplyAsIs(
					tf.pad4d(x, [[0, 0], ...zeros, [0, 0]]),
					kernel,
				);
			}
			const sums = addBias(products, bias);
			// Before the next large tensor is made, not after.
			products.dispose();
			return activate ? activate(sums) : sums;
		});
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
