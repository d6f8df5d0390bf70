import { TransferLearningError } from "../errors";
import { tf } from "../tf";
import type { ImageDataset } from "./dataset";
import type { ImageExample } from "./example";
import type { Item } from "./map_chain";
import { pixels, produceBatches } from "./produce";

/** A batch as a model takes it. Whoever iterates over batches disposes both tensors. */
export interface Batch {
	/** Pixels, `[batch, height, width, channels]`, float32. */
	readonly xs: tf.Tensor;
	/** Targets: class indices or numbers `[batch, 1]`, or rows of numbers `[batch, length]`, float32. */
	readonly ys: tf.Tensor;
}

/**
 * Turns one batch into another. It may run inside `tf.tidy`: what it makes and does not return is disposed, and
 * so are the tensors that it got, unless it returns them.
 */
export type BatchMapFunction = (batch: Batch) => Batch;

/** A data set whose elements come in batches: `dataset.map(preprocess).batch(32)`. */
export class BatchedDataset {
	constructor(
		/** The elements that are batched. */
		readonly dataset: ImageDataset<ImageExample>,
		/** How many of them make a batch. */
		readonly batchSize: number,
		/** How many batches are made ready while one is in use. */
		readonly bufferSize = 0,
		/** What each batch passes through, in order. */
		readonly maps: readonly BatchMapFunction[] = [],
	) {
		if (!Number.isInteger(batchSize) || batchSize < 1) {
			throw new TransferLearningError(
				`batch needs a whole number of 1 or more, not ${batchSize}: batch(32), for instance.`,
			);
		}
		if (!Number.isInteger(bufferSize) || bufferSize < 0) {
			throw new TransferLearningError(
				`prefetch needs a whole number of batches, 0 or more, not ${bufferSize}: prefetch(1), for instance.`,
			);
		}
	}

	/** How many batches there are, a smaller last one included. */
	get size(): number {
		return Math.ceil(this.dataset.size / this.batchSize);
	}

	/**
	 * Fetches the next `batches` from disk while the model works on one, and decodes them when it gives way.
	 *
	 * @throws TransferLearningError unless `batches` is a whole number of 0 or more.
	 */
	prefetch(batches: number): BatchedDataset {
		const { dataset, batchSize, maps } = this;
		return new BatchedDataset(dataset, batchSize, batches, maps);
	}

	/**
	 * Passes every batch through `map`, whenever it is asked for, to augment images on the device, for instance:
	 * `batches.map(({ xs, ys }) => ({ xs: tf.image.flipLeftRight(xs as tf.Tensor4D), ys }))`.
	 *
	 * `fit` then keeps nothing of what it computed between epochs, as each batch may come out differently.
	 */
	map(map: BatchMapFunction): BatchedDataset {
		const { dataset, batchSize, bufferSize, maps } = this;
		return new BatchedDataset(dataset, batchSize, bufferSize, [...maps, map]);
	}

	/** One iteration's items, a list a batch. A shuffled data set draws a new order. */
	items(): Item[][] {
		const items = this.dataset.items();
		return Array.from({ length: this.size }, (_, i) =>
			items.slice(i * this.batchSize, (i + 1) * this.batchSize),
		);
	}

	/** A batch of one of the elements, for which no order is drawn. */
	sample(): BatchedDataset {
		return new BatchedDataset(this.dataset.sample(), 1, 0, this.maps);
	}

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
				// A clone, since what came in is disposed below.
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
			`The map of batches returned xs of ${examples} examples and ys of ${targets}. Let it return as many of both, one at least.`,
		);
	}
	// If it is a promise, nobody waits for what becomes of it.
	Promise.resolve(batch).catch(() => {});
	throw new TransferLearningError(
		"The map of batches did not return { xs, ys } with two tensors. Let it return both, the one that stays the same too, and not be async.",
	);
}
