import { TransferLearningError } from "../errors";
import { tf } from "../tf";
import type { ImageDataset } from "./dataset";
import type { Example, ImageExample } from "./example";
import { prefetch } from "./prefetch";

/** A batch as a model takes it. Whoever iterates over batches disposes both tensors. */
export interface Batch {
	/** Pixels, `[batch, height, width, channels]`, float32. */
	readonly xs: tf.Tensor4D;
	/** Labels, `[batch, 1]`, float32. */
	readonly ys: tf.Tensor2D;
}

/** A data set whose elements come in batches: `dataset.map(preprocess).batch(32)`. */
export class BatchedDataset {
	constructor(
		/** The elements that are batched. */
		readonly dataset: ImageDataset<ImageExample>,
		/** How many of them make a batch. */
		readonly batchSize: number,
		/** How many batches are made ready while one is in use. */
		readonly ahead = 0,
	) {
		if (!Number.isInteger(batchSize) || batchSize < 1) {
			throw new TransferLearningError(
				`A batch holds 1 example or more, not ${batchSize}.`,
			);
		}
	}

	/** How many batches there are, a smaller last one included. */
	get size(): number {
		return Math.ceil(this.dataset.size / this.batchSize);
	}

	/** Fetches the next `batches` from disk while the model works on one, and decodes them when it gives way. */
	prefetch(batches: number): BatchedDataset {
		return new BatchedDataset(this.dataset, this.batchSize, batches);
	}

	/** One iteration's examples, a list a batch. A shuffled data set draws a new order. */
	examples(): Example[][] {
		const order = this.dataset.examples();
		return Array.from({ length: this.size }, (_, i) =>
			order.slice(i * this.batchSize, (i + 1) * this.batchSize),
		);
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
		const load = async (batch: Example[]) => ({
			batch,
			elements: await Promise.all(
				batch.map((example) => this.dataset.element(example)),
			),
		});
		for await (const { batch, elements } of prefetch(
			this.examples(),
			load,
			this.ahead,
		)) {
			yield {
				xs: stack(elements.map(({ image }) => image)) as tf.Tensor4D,
				ys: labelTensor(batch),
			};
		}
	}
}

/** Values of one example: pixels `[height, width, channels]`, or what a network made of them. */
export interface Stackable {
	readonly data: Float32Array;
	readonly shape: readonly number[];
}

/**
 * Stacks examples of one shape into a tensor `[batch, …]`; the caller disposes it.
 *
 * @throws TransferLearningError if their shapes differ.
 */
export function stack(examples: readonly Stackable[]): tf.Tensor {
	const { shape = [] } = examples[0] ?? {};
	const length = shape.reduce((product, size) => product * size, 1);
	const data = new Float32Array(examples.length * length);
	for (const [i, example] of examples.entries()) {
		if (example.shape.join() !== shape.join()) {
			throw new TransferLearningError(
				`Images of ${example.shape.join(" x ")} and ${shape.join(" x ")} do not fit into one batch. Map them through preprocess first.`,
			);
		}
		data.set(example.data, i * length);
	}
	return tf.tensor(data, [examples.length, ...shape]);
}

/** The labels as a tensor `[batch, 1]`; the caller disposes it. */
export function labelTensor(examples: readonly Example[]): tf.Tensor2D {
	return tf.tensor2d(
		examples.map(({ label }) => label),
		[examples.length, 1],
	);
}
