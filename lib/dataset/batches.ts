import { TransferLearningError } from "../errors";
import { tf } from "../tf";
import type { ImageDataset } from "./dataset";
import type { ImageExample } from "./example";
import type { Item } from "./map_chain";
import { pixels, produceBatches } from "./produce";

/** One batch of model inputs and targets. Whoever iterates over batches disposes both tensors. */
export interface Batch {
	/** Pixels, `[batch, height, width, channels]`, float32. */
	readonly xs: tf.Tensor;
	/** Targets, float32: class indices or numbers `[batch, 1]`, or rows of numbers `[batch, length]`. */
	readonly ys: tf.Tensor;
}

/**
 * Turns one batch into another. It runs inside `tf.tidy`: all tensors that it gets or creates and does not return
 * are disposed.
 *
 * @example const flip: BatchMapFunction = ({ xs, ys }) => ({ xs: tf.image.flipLeftRight(xs as tf.Tensor4D), ys });
 */
export type BatchMapFunction = (batch: Batch) => Batch;

/**
 * A data set whose elements come in batches.
 *
 * @example
 * ```ts
 * for await (const { xs, ys } of dataset.map(preprocess).batch(32)) {
 * 	console.log(xs.shape); // [32, 128, 128, 3]
 * 	tf.dispose([xs, ys]);
 * }
 * ```
 */
export class BatchedDataset {
	/** @throws TransferLearningError unless `batchSize` is a whole number of 1 or more, and `bufferSize` of 0 or more. */
	constructor(
		/** The elements to batch. */
		readonly dataset: ImageDataset<ImageExample>,
		/** The number of elements in a batch. */
		readonly batchSize: number,
		/** The number of batches to prepare while one is in use. */
		readonly bufferSize = 0,
		/** The functions that each batch passes through, in order. */
		readonly maps: readonly BatchMapFunction[] = [],
	) {
		if (!Number.isInteger(batchSize) || batchSize < 1) {
			throw new TransferLearningError(
				`batch needs a whole number of 1 or more, not ${batchSize}: for example, batch(32).`,
			);
		}
		if (!Number.isInteger(bufferSize) || bufferSize < 0) {
			throw new TransferLearningError(
				`prefetch needs a whole number of batches, 0 or more, not ${bufferSize}: for example, prefetch(1).`,
			);
		}
	}

	/** The number of batches, including a smaller last one. */
	get size(): number {
		return Math.ceil(this.dataset.size / this.batchSize);
	}

	/**
	 * Reads the next `batches` batches from disk while the model works on one, and decodes them between its steps.
	 *
	 * @throws TransferLearningError unless `batches` is a whole number of 0 or more.
	 * @example dataset.map(preprocess).batch(32).prefetch(1);
	 */
	prefetch(batches: number): BatchedDataset {
		const { dataset, batchSize, maps } = this;
		return new BatchedDataset(dataset, batchSize, batches, maps);
	}

	/**
	 * Passes every batch through `map` whenever it is needed, for example to augment images on the device.
	 *
	 * `fit` then caches no features between epochs, because each batch may come out differently.
	 *
	 * @example batches.map(({ xs, ys }) => ({ xs: tf.image.flipLeftRight(xs as tf.Tensor4D), ys }));
	 */
	map(map: BatchMapFunction): BatchedDataset {
		const { dataset, batchSize, bufferSize, maps } = this;
		return new BatchedDataset(dataset, batchSize, bufferSize, [...maps, map]);
	}

	/** Lists the items of one iteration, batch by batch. A shuffled data set draws a new order. */
	items(): Item[][] {
		const items = this.dataset.items();
		return Array.from({ length: this.size }, (_, i) =>
			items.slice(i * this.batchSize, (i + 1) * this.batchSize),
		);
	}

	/** Returns a batch of one element, chosen without drawing an order. */
	sample(): BatchedDataset {
		return new BatchedDataset(this.dataset.sample(), 1, 0, this.maps);
	}

	/** @throws TransferLearningError if an image cannot be read, or if images, labels or the maps' results do not fit together. */
	async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
		for await (const { values, ys } of produceBatches(this, pixels)) {
			yield this.applyMaps({ xs: values[0] as tf.Tensor, ys });
		}
	}

	private applyMaps(batch: Batch): Batch {
		if (this.maps.length === 0) return batch;
		try {
			return tf.tidy(() => {
				const { xs, ys } = this.maps.reduce(
					(batch, map) => requireBatch(map(batch)),
					batch,
				);
				// Cloned, since a map may return its input, which is disposed below.
				return { xs: xs.clone(), ys: ys.clone() };
			});
		} finally {
			tf.dispose([batch.xs, batch.ys]);
		}
	}
}

function requireBatch(batch: Partial<Batch> | undefined): Batch {
	const { xs, ys } = batch ?? {};
	if (xs instanceof tf.Tensor && ys instanceof tf.Tensor) {
		const [examples, targets] = [xs.shape[0] ?? 0, ys.shape[0] ?? 0];
		if (examples === targets && examples > 0) return { xs, ys };
		throw new TransferLearningError(
			`The map of batches returned xs with ${examples} examples and ys with ${targets}. Return the same number of both, at least one.`,
		);
	}
	// A promise is not awaited; its failure must not go unhandled.
	Promise.resolve(batch).catch(() => {});
	throw new TransferLearningError(
		"The map of batches did not return { xs, ys } with two tensors. It must return both, even if one is unchanged, and it must not be async.",
	);
}
