import { rawOp } from "../kernels/raw_op";
import { tf } from "../tf";

/**
 * Sets a random share `rate` of the values to 0 and scales the others up, as Keras's Dropout does in training.
 *
 * TensorFlow draws the numbers itself, so that in a graph each step draws others. (tfjs draws them in JavaScript; in a graph
 * they would be constants.)
 *
 * @param seed `[2]`, int32: the same seed drops the same values
 */
export function dropout(
	x: tf.Tensor,
	rate: number,
	seed: tf.Tensor,
): tf.Tensor {
	const draw = rawOp("StatelessRandomUniform", {
		dtype: { type: "float32" },
		T: { type: "int32" },
		Tseed: { type: "int32" },
	});
	const drop = tf.customGrad((x, save) => {
		const shape = tf.tensor1d((x as tf.Tensor).shape, "int32");
		const kept = tf.greaterEqual(draw(shape, seed), rate).toFloat();
		const scale = tf.div(kept, 1 - rate);
		(save as tf.GradSaveFunc)([scale]);
		return {
			value: tf.mul(x as tf.Tensor, scale),
			gradFunc: (dy, [scale]) => tf.mul(dy, scale as tf.Tensor),
		};
	});
	return drop(x);
}
