import { rawOp } from "../kernels/raw_op";
import { tf } from "../tf";
import { configOf } from "./layer_config";

/** Whether a layer is a Dropout that sets single values to 0. */
export function isDropout(layer: tf.layers.Layer): boolean {
	const { rate = 0, noiseShape } = configOf(layer);
	return (
		layer.getClassName() === "Dropout" && rate > 0 && rate < 1 && !noiseShape
	);
}

/**
 * Sets a random part of the values to 0 and scales the others up, as Keras's Dropout does in training.
 *
 * TensorFlow draws the numbers, so that a graph draws others at each step. (tfjs draws them in JavaScript; in a graph they
 * would be constants.)
 *
 * @param seed `[2]`, int32: the same seed drops the same values
 */
export function dropValues(
	layer: tf.layers.Layer,
	x: tf.Tensor,
	seed: tf.Tensor,
): tf.Tensor {
	const { rate = 0 } = configOf(layer);
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

/** By layer: the seed of its random numbers, and how many it has drawn. */
const generators = new WeakMap<
	tf.layers.Layer,
	[seed: number, count: number]
>();

/**
 * Returns the next seed of a layer's random numbers, two integers. They continue over all trainings of the layer, and are
 * the same in each process if the layer has a seed of its own, as with Keras's SeedGenerator.
 */
export function nextSeed(layer: tf.layers.Layer): [number, number] {
	const own = configOf(layer).seed ?? Math.floor(Math.random() * 2 ** 31);
	const [seed, count] = generators.get(layer) ?? [own, 0];
	generators.set(layer, [seed, (count + 1) % 2 ** 31]);
	return [seed, count];
}
