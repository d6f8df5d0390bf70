import { tf } from "../tf";
import { configOf } from "./layer_config";

/** The fields of tfjs's BatchNormalization; `gamma` and `beta` are null if it does not scale or centre. */
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

/** Whether a layer is a BatchNormalization. */
export function isBatchNormalization(layer: tf.layers.Layer): boolean {
	return layer.getClassName() === "BatchNormalization";
}

/**
 * Normalizes a batch, as Keras does: in training by the batch's own mean and variance, towards which the layer's
 * moving statistics move; otherwise by those statistics.
 *
 * (tfjs's own layer fails in training, and in a gradient, if it does not scale or does not centre.)
 */
export function normalizeBatch(
	layer: tf.layers.Layer,
	x: tf.Tensor,
	training: boolean,
): tf.Tensor {
	const { gamma, beta, movingMean, movingVariance, epsilon } =
		layer as unknown as BatchNormalization;
	const axis = ((configOf(layer).axis ?? -1) + x.rank) % x.rank;
	const { mean, variance } = training
		? momentsOf(layer as unknown as BatchNormalization, x, axis)
		: { mean: movingMean.read(), variance: movingVariance.read() };
	const shift = beta?.read() ?? tf.zerosLike(mean);
	const scale = gamma?.read() ?? tf.onesLike(mean);
	if (axis === x.rank - 1) {
		const [m, v, s, g] = [mean, variance, shift, scale] as tf.Tensor1D[];
		return tf.batchNorm(x, m as tf.Tensor1D, v as tf.Tensor1D, s, g, epsilon);
	}
	// TensorFlow's operation supports only the last axis.
	const shape = x.shape.map((size, i) => (i === axis ? size : 1));
	const factor = tf.div(scale, tf.sqrt(tf.add(variance, epsilon)));
	const centred = tf.sub(x, mean.reshape(shape));
	return tf.add(tf.mul(centred, factor.reshape(shape)), shift.reshape(shape));
}

function momentsOf(
	{ movingMean, movingVariance, momentum }: BatchNormalization,
	x: tf.Tensor,
	axis: number,
): { mean: tf.Tensor; variance: tf.Tensor } {
	const others = x.shape.map((_, i) => i).filter((i) => i !== axis);
	const moments = tf.moments(x, others);
	const move = (variable: Variable, value: tf.Tensor) => {
		const kept = tf.mul(variable.read(), momentum);
		variable.write(tf.add(kept, tf.mul(value, 1 - momentum)));
	};
	tf.tidy(() => {
		move(movingMean, moments.mean);
		move(movingVariance, moments.variance);
	});
	return moments;
}
