import { tf } from "../tf";

let isShared = false;

/**
 * Runs `compute`, in which gradients of a maximum or minimum are shared equally among equal values, as in TensorFlow
 * (`_MinOrMaxGrad` in `tensorflow/python/ops/math_grad.py`).
 *
 * tfjs gives each of them the whole gradient, which its own tests require. After a ReLU, equal values are common: for
 * example, a channel that is 0 everywhere, under GlobalMaxPooling2D.
 */
export function withSharedExtremumGradients<T>(compute: () => T): T {
	const before = isShared;
	isShared = true;
	try {
		return compute();
	} finally {
		isShared = before;
	}
}

/** Lets `withSharedExtremumGradients` choose the gradient of maximum and minimum. */
export function registerExtremumGradients(): void {
	for (const kernelName of ["Max", "Min"]) {
		const original = tf.getGradient(kernelName);
		tf.unregisterGradient(kernelName);
		tf.registerGradient({
			...original,
			gradFunc: (dy, saved, attributes) => {
				if (!isShared) return original.gradFunc(dy, saved, attributes);
				const [input, output] = saved as [tf.Tensor, tf.Tensor];
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
