import { tf } from "../tf";

/**
 * Shares the gradient of a maximum or minimum equally among equal values, as TensorFlow does (`_MinOrMaxGrad` in
 * `tensorflow/python/ops/math_grad.py`).
 *
 * tfjs gives each of them the whole gradient. After a ReLU, equal values are common: for example, a channel that is 0
 * everywhere, under GlobalMaxPooling2D.
 */
export function registerExtremumGradients(): void {
	for (const kernelName of ["Max", "Min"]) {
		tf.unregisterGradient(kernelName);
		tf.registerGradient({
			kernelName,
			inputsToSave: ["x"],
			outputsToSave: [true],
			gradFunc: (dy, [x, y], attributes) => {
				const [input, output] = [x as tf.Tensor, y as tf.Tensor];
				const { reductionIndices, axis = reductionIndices } =
					attributes as unknown as Record<string, number | number[]>;
				// Without an axis it is over all of them.
				const axes = tf.util.parseAxisParam(
					axis ?? input.shape.map((_, i) => i),
					input.shape,
				);
				const kept = input.shape.map((size, i) =>
					axes.includes(i) ? 1 : size,
				);
				return {
					x: () => {
						const isExtreme = tf.equal(input, output.reshape(kept)).toFloat();
						const count = tf.sum(isExtreme, axes, true);
						const share = tf.div(isExtreme, count);
						return tf.mul(share, (dy as tf.Tensor).reshape(kept));
					},
				};
			},
		});
	}
}
