import type { Random } from "drawn-pets";
import { tf } from "../../../lib/dist/tf";

/** Gives a layer weights as after some training: nothing is exactly 0 or 1. */
export function drawWeights(random: Random, layer: tf.layers.Layer): void {
	const values = layer.weights.map(({ originalName, shape }) => {
		const draw = drawWeight(random, originalName, shape as number[]);
		const data = Float32Array.from(
			{ length: tf.util.sizeFromShape(shape as number[]) },
			draw,
		);
		return tf.tensor(data, shape as number[]);
	});
	layer.setWeights(values);
	tf.dispose(values);
}

/**
 * Moves each weight by up to 16 steps of single precision: two implementations of a convolution part by as much. An activation
 * that lies so near to ReLU's edge then comes to lie on either side.
 */
export function nudgeWeights(random: Random, layer: tf.layers.Layer): void {
	const values = layer.getWeights().map((weight) => {
		const data = Float32Array.from(
			weight.dataSync(),
			(value) => value * (1 + random.between(-16, 16) * 2 ** -23),
		);
		return tf.tensor(data, weight.shape);
	});
	layer.setWeights(values);
	tf.dispose(values);
}

function drawWeight(
	random: Random,
	name: string,
	shape: readonly number[],
): () => number {
	const kind = name.split("/").at(-1)?.replace(/_\d+$/, "");
	switch (kind) {
		case "gamma":
			// Now and then negative, so that the least becomes the greatest.
			return () => random.between(0.7, 1.3) * (random.chance(0.1) ? -1 : 1);
		case "beta":
		case "bias":
		case "moving_mean":
			return () => random.between(-0.2, 0.2);
		case "moving_variance":
			return () => random.between(0.5, 1.5);
		default: {
			// Glorot's uniform limits; a depthwise kernel's outputs are not added up.
			const places = shape.slice(0, -2).reduce((size, n) => size * n, 1);
			const [inputs = 1, outputs = 1] = shape.slice(-2);
			const fans = kind?.startsWith("depthwise")
				? 1 + outputs
				: inputs + outputs;
			const limit = Math.sqrt(6 / (places * fans));
			return () => random.between(-limit, limit);
		}
	}
}
