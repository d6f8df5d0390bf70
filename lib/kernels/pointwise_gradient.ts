import { tf } from "../tf";

type Pair = readonly [number, number];

interface Attributes {
	readonly strides: number | Pair;
	readonly pad: unknown;
	readonly dataFormat: string;
	readonly filterShape: readonly number[];
}

/**
 * Computes the filter's gradient of a 1 x 1 convolution with strides as that of one without strides, on the pixels that it uses.
 *
 * With oneDNN and fewer than 16 input channels, TensorFlow 2.21 writes beyond its memory here, and the process crashes
 * sooner or later. It does so in Python, too (`tf.nn.conv2d` of `[1, 12, 12, 3]` by `[1, 1, 3, 3]`, strides 2).
 */
export function registerPointwiseGradient(): void {
	const kernelName = "Conv2DBackpropFilter";
	const native = tf.getKernel(kernelName, "tensorflow");
	if (!native) return;
	tf.unregisterKernel(kernelName, "tensorflow");
	tf.registerKernel({
		...native,
		kernelFunc: (call) => {
			const attributes = call.attrs as unknown as Attributes;
			if (!isPointwiseWithStrides(attributes)) return native.kernelFunc(call);
			const { strides } = attributes;
			const [down, right] =
				typeof strides === "number" ? [strides, strides] : strides;
			const x = call.inputs.x as tf.Tensor;
			const seen = tf.stridedSlice(x, [0, 0, 0, 0], x.shape, [
				1,
				down,
				right,
				1,
			]);
			const gradient = native.kernelFunc({
				...call,
				inputs: { ...call.inputs, x: seen },
				attrs: { ...call.attrs, strides: [1, 1] },
			});
			seen.dispose();
			return gradient;
		},
	});
}

function isPointwiseWithStrides({
	strides,
	pad,
	dataFormat,
	filterShape,
}: Attributes): boolean {
	const [rows, columns] = filterShape;
	return (
		rows === 1 &&
		columns === 1 &&
		[strides].flat().some((stride) => stride > 1) &&
		(pad === "same" || pad === "valid") &&
		dataFormat === "NHWC"
	);
}
