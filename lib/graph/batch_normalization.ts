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

/** The value of a variable after the training step that computed it. */
export interface Update {
	readonly variable: Variable;
	readonly value: tf.Tensor;
}

/** Whether a layer is a BatchNormalization. */
export function isBatchNormalization(layer: tf.layers.Layer): boolean {
	return layer.getClassName() === "BatchNormalization";
}

/**
 * Normalizes a batch, as Keras does: in training by the batch's own mean and variance, towards which the layer's
 * moving statistics move; otherwise by those statistics.
 *
 * @param updates takes the new moving statistics, which the caller writes and disposes; without it they are written at once
 *
 * (tfjs's own layer fails in training, and in a gradient, if it does not scale or does not centre.)
 */
export function normalizeBatch(
	layer: tf.layers.Layer,
	x: tf.Tensor,
	training: boolean,
	updates?: Update[],
): tf.Tensor {
	const { gamma, beta, movingMean, movingVariance, epsilon } =
		layer as unknown as BatchNormalization;
	const axis = ((configOf(layer).axis ?? -1) + x.rank) % x.rank;
	const { mean, variance } = training
		? momentsOf(layer as unknown as BatchNormalization, x, axis, updates)
		: {
				mean: currentValue(movingMean, updates),
				variance: currentValue(movingVariance, updates),
			};
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

/** Returns the constants by which a layer's moving statistics multiply each channel, and which they then add. */
export function scaleAndShift(layer: tf.layers.Layer): {
	readonly scale: tf.Tensor;
	readonly shift: tf.Tensor;
} {
	const { gamma, beta, movingMean, movingVariance, epsilon } =
		layer as unknown as BatchNormalization;
	const factor = tf.rsqrt(tf.add(movingVariance.read(), epsilon));
	const scale = gamma ? tf.mul(gamma.read(), factor) : factor;
	const moved = tf.mul(movingMean.read(), scale);
	return { scale, shift: beta ? tf.sub(beta.read(), moved) : tf.neg(moved) };
}

/** Returns a variable's value; a layer that is called twice continues from its first call. */
function currentValue(
	variable: Variable,
	updates: readonly Update[] = [],
): tf.Tensor {
	const before = updates.filter((update) => update.variable === variable);
	return before.at(-1)?.value ?? variable.read();
}

function momentsOf(
	{ movingMean, movingVariance, momentum }: BatchNormalization,
	x: tf.Tensor,
	axis: number,
	updates: Update[] | undefined,
): { mean: tf.Tensor; variance: tf.Tensor } {
	const others = x.shape.map((_, i) => i).filter((i) => i !== axis);
	const moments = tf.moments(x, others);
	const move = (variable: Variable, value: tf.Tensor) => {
		const kept = tf.mul(currentValue(variable, updates), momentum);
		const moved = tf.add(kept, tf.mul(value, 1 - momentum));
		if (updates) updates.push({ variable, value: tf.keep(detach(moved)) });
		else variable.write(moved);
	};
	tf.tidy(() => {
		move(movingMean, moments.mean);
		move(movingVariance, moments.variance);
	});
	return moments;
}

/** Returns the same values, through which no gradient flows, as through a variable that was assigned. */
function detach(x: tf.Tensor): tf.Tensor {
	return tf.customGrad((x) => ({
		value: (x as tf.Tensor).clone(),
		gradFunc: (dy) => tf.zerosLike(dy),
	}))(x);
}
