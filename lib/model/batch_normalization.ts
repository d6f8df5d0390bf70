import { tf } from "../tf";
import { configOf } from "./layer_config";

/** What a BatchNormalization of tfjs has; `gamma` and `beta` where it scales and centres. */
interface BatchNormalization {
	readonly gamma: Variable | null;
	readonly beta: Variable | null;
	readonly movingMean: Variable;
	readonly movingVariance: Variable;
	readonly momentum: number;
	readonly epsilon: number;
}

interface Variable {
	read(): tf.Tensor;
	write(value: tf.Tensor): void;
}

/**
 * Normalizes a batch by its own mean and variance and moves the layer's statistics towards them, as Keras does in training.
 *
 * (tfjs's own layer fails in training where it does not scale or does not centre.)
 */
export function normalizeBatch(
	layer: tf.layers.Layer,
	x: tf.Tensor,
): tf.Tensor {
	const { gamma, beta, movingMean, movingVariance, momentum, epsilon } =
		layer as unknown as BatchNormalization;
	const axis = ((configOf(layer).axis ?? -1) + x.rank) % x.rank;
	const others = x.shape.map((_, i) => i).filter((i) => i !== axis);
	const { mean, variance } = tf.moments(x, others);
	const move = (variable: Variable, value: tf.Tensor) => {
		const moved = tf.add(
			tf.mul(variable.read(), momentum),
			tf.mul(value, 1 - momentum),
		);
		variable.write(moved);
	};
	tf.tidy(() => {
		move(movingMean, mean);
		move(movingVariance, variance);
	});
	const shape = x.shape.map((size, i) => (i === axis ? size : 1));
	const along = (value: tf.Tensor) =>
		axis === x.rank - 1 ? value : value.reshape(shape);
	return tf.batchNorm(
		x,
		along(mean) as tf.Tensor1D,
		along(variance) as tf.Tensor1D,
		along(beta?.read() ?? tf.zerosLike(mean)) as tf.Tensor1D,
		along(gamma?.read() ?? tf.onesLike(mean)) as tf.Tensor1D,
		epsilon,
	);
}
