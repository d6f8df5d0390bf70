import { tf } from "../tf";
import { rawOp } from "./raw_op";

/**
 * Gives `relu` and `relu6` TensorFlow's own gradients, one operation each.
 *
 * tfjs builds the gradient of `relu` from `step`: four operations, and four copies of the largest tensors of a
 * convolutional network. The values are the same.
 */
export function registerReluGradients(): void {
	for (const name of ["Relu", "Relu6"]) {
		const kernelName = `${name}Grad`;
		tf.registerKernel({
			kernelName,
			backendName: "tensorflow",
			kernelFunc: ({ inputs }) => {
				const { dy, y } = inputs as Record<"dy" | "y", tf.TensorInfo>;
				return rawOp(kernelName)(dy, y);
			},
		});
		tf.registerGradient({
			kernelName,
			inputsToSave: ["y"],
			// It is linear in dy, and flat in y.
			gradFunc: (ddx, [y]) => ({
				dy: () => runGradient(kernelName, ddx as tf.Tensor, y as tf.Tensor),
				y: () => tf.zerosLike(y as tf.Tensor),
			}),
		});
		tf.unregisterGradient(name);
		tf.registerGradient({
			kernelName: name,
			outputsToSave: [true],
			gradFunc: (dy, [y]) => ({
				x: () => runGradient(kernelName, dy as tf.Tensor, y as tf.Tensor),
			}),
		});
	}
}

function runGradient(kernelName: string, dy: tf.Tensor, y: tf.Tensor) {
	if (y.dtype === "float32" && tf.getKernel(kernelName, tf.getBackend())) {
		return tf.engine().runKernel(kernelName, { dy, y }) as tf.Tensor;
	}
	// For integers, and on tfjs's own backends. `step` is the only comparison with a gradient, which second derivatives need.
	const values = y.toFloat();
	const slope = tf.step(values);
	return tf.mul(
		dy,
		kernelName === "Relu6Grad"
			? tf.mul(slope, tf.step(tf.sub(6, values)))
			: slope,
	);
}
