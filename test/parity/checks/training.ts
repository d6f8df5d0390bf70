import {
	BatchedDataset,
	type Example,
	evaluate,
	fit,
	type Image,
	predict,
} from "transfer-learning";
import { tf } from "../../../lib/dist/tf";
import { buildHead, buildScratch, buildTransfer } from "../models";
import type { Oracle } from "../oracle";
import { concatenate, readPixels, toDataset } from "../photos";
import type { Row } from "../row";
import { compareFrozenBase } from "./frozen_base";
import {
	type AccuracyHistory,
	judgeTraining,
	type KerasTrained,
	type Trained,
} from "./judge_training";

const steps = { head: 250, scratch: 50 };

/** Training against Keras's: the same weights to begin with, the same pixels, the same orders. */
export async function compareTraining(
	oracle: Oracle,
	examples: readonly Example[],
	weights: string,
): Promise<Row[]> {
	const images = await readPixels(examples, 128);
	oracle.writeFloats("pixels.bin", concatenate(images.map(({ data }) => data)));
	const pixels = toDataset(examples, images);

	const article = await buildTransfer(weights);
	oracle.writeFloats("head.bin", readWeights(article.layers.slice(2)));
	const shuffled = pixels.shuffle(1000, { seed: 42 });
	const articleHistory = await fit(
		article,
		new KerasBatches(shuffled.take(800), 32),
		{
			epochs: 10,
			validationData: new KerasBatches(shuffled.skip(800), 32),
			verbose: 0,
		},
	);
	oracle.writeFloats("trained.bin", readWeights(article.layers.slice(2)));
	const last = pixels.skip(800).batch(32);
	const evaluation = await evaluate(article, last);
	const features = await computeFeatures(article, examples, images);
	oracle.writeFloats(
		"features.bin",
		concatenate(features.map(({ data }) => data)),
	);
	article.dispose();

	const scratch = buildScratch();
	oracle.writeFloats("scratch.bin", readWeights(scratch.layers));
	const ours: Trained = {
		article: articleHistory as AccuracyHistory,
		evaluation: evaluation as Trained["evaluation"],
		head: await trainStepwise(buildHead(), examples, features, steps.head),
		scratch: await trainStepwise(scratch, examples, images, steps.scratch),
	};
	const keras = await oracle.ask<KerasTrained>("training.py", {
		base: weights,
		labels: examples.map(({ label }) => label),
		steps,
	});
	return [
		...judgeTraining(ours, keras),
		...(await compareFrozenBase(examples.slice(0, 200), images, weights)),
	];
}

/**
 * Batches in the orders of Keras's `fit`. Where it knows how many batches there are, it makes another iterator at an
 * epoch's end and throws it away (`_enumerate_iterator` of Keras 3.15's `trainers/epoch_iterator.py`), so that
 * `shuffle`'s next order is lost. `tf.data` itself, and the library, give every order.
 */
class KerasBatches extends BatchedDataset {
	override items() {
		const batches = super.items();
		super.items();
		return batches;
	}
}

/** Trains on a batch an epoch, of a new order each, so that the history has every step. Disposes the model. */
async function trainStepwise(
	model: tf.Sequential,
	examples: readonly Example[],
	images: readonly Image[],
	epochs: number,
) {
	const train = toDataset(examples.slice(0, 800), images);
	const batch = train.shuffle(800, { seed: 42 }).take(32).batch(32);
	const history = await fit(model, batch, { epochs, verbose: 0 });
	model.dispose();
	return history as AccuracyHistory;
}

/** What the transfer model's head is given: the frozen base's features after pooling, as images `[1, 1, 1280]`. */
async function computeFeatures(
	model: tf.Sequential,
	examples: readonly Example[],
	images: readonly Image[],
): Promise<Image[]> {
	const [base] = model.layers;
	const pooled = tf.sequential({
		layers: [base as tf.layers.Layer, tf.layers.globalAveragePooling2d({})],
	});
	const rows = await predict(pooled, toDataset(examples, images).batch(32));
	return rows.map((data) => ({ data, shape: [1, 1, data.length] }));
}

/** All weights one after another. */
function readWeights(layers: readonly tf.layers.Layer[]): Float32Array {
	return concatenate(
		layers
			.flatMap((layer) => layer.getWeights())
			.map((weight) => weight.dataSync() as Float32Array),
	);
}
