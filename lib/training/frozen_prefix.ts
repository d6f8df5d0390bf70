import { type BatchedDataset, labelTensor, stackImages } from "../data/batches";
import type { ImageDataset } from "../data/dataset";
import type { Example, Image, ImageExample } from "../data/example";
import { prefetch } from "../data/prefetch";
import { foldBatchNormalization } from "../model/fold_batch_norm";
import { flatten, type Graph, run, splitFrozen } from "../model/graph";
import { poolFirst } from "../model/pool_first";
import { tf } from "../tf";

/** A batch at the frontier: what the frozen prefix made of it. Whoever iterates disposes all tensors. */
export interface FrontierBatch {
	/** The values that the rest of the model starts from, each `[batch, …]`. */
	readonly values: readonly tf.Tensor[];
	/** Labels, `[batch, 1]`. */
	readonly ys: tf.Tensor2D;
}

/** What the prefix makes of one example: a flat array for each frontier value. */
type Row = readonly Float32Array[];

/**
 * The part of a model that training does not change, and what it makes of each example.
 *
 * An example passes through the prefix once; its row is kept and serves all epochs and the validation.
 * If nothing of the model is frozen, the prefix is empty and the rows are the preprocessed pixels, which
 * saves reading and decoding them again. Nothing is kept where a `map` is not pure (augmentation).
 *
 * Rows are plain arrays, but the prefix has tensors of its own: `dispose` it.
 */
export class FrozenPrefix {
	/** Disposes the weights of the prefix as it is run; call it in the end. */
	readonly dispose: () => void;
	private readonly prefix: Graph;
	private readonly rest: Graph;
	private readonly kept: {
		readonly dataset: ImageDataset<ImageExample>;
		readonly rows: Map<Example, Row>;
	}[] = [];
	/** The frontier values' shapes, without the batch. */
	private shapes: readonly (readonly number[])[] = [];

	constructor(
		model: tf.LayersModel,
		/** How many bytes of rows may still be kept. What does not fit is computed again each time. */
		private bytesLeft: number,
	) {
		const { prefix, rest } = splitFrozen(flatten(model));
		({ graph: this.prefix, dispose: this.dispose } =
			foldBatchNormalization(prefix));
		this.rest = poolFirst(rest);
	}

	/** One iteration over the data, as the rest of the model sees it. */
	async *batches(batched: BatchedDataset): AsyncGenerator<FrontierBatch> {
		const { dataset } = batched;
		const rows = this.rowsOf(dataset);
		const load = async (examples: Example[]) => {
			const fresh = examples.filter((example) => !rows.has(example));
			const elements = await Promise.all(
				fresh.map((example) => dataset.element(example)),
			);
			return { examples, fresh, images: elements.map(({ image }) => image) };
		};
		const loaded = prefetch(batched.examples(), load, batched.ahead);
		for await (const { examples, fresh, images } of loaded) {
			const made = this.makeRows(images);
			const madeRows = new Map(fresh.map((example, i) => [example, made[i]]));
			if (dataset.isPure) this.keep(rows, madeRows as Map<Example, Row>);
			const batch = examples.map(
				(example) => (madeRows.get(example) ?? rows.get(example)) as Row,
			);
			yield { values: this.stackRows(batch), ys: labelTensor(examples) };
		}
	}

	/** Runs the rest of the model on a batch; the caller disposes the predictions. */
	runRest(values: readonly tf.Tensor[], training: boolean): tf.Tensor {
		return tf.tidy(() => run(this.rest, values, training)[0] as tf.Tensor);
	}

	private rowsOf(dataset: ImageDataset<ImageExample>): Map<Example, Row> {
		const same = this.kept.find((kept) => kept.dataset.mapsLike(dataset));
		if (same) return same.rows;
		const rows = new Map<Example, Row>();
		this.kept.push({ dataset, rows });
		return rows;
	}

	private keep(rows: Map<Example, Row>, made: Map<Example, Row>): void {
		for (const [example, row] of made) {
			const bytes = row.reduce((sum, { byteLength }) => sum + byteLength, 0);
			if (bytes > this.bytesLeft) return;
			this.bytesLeft -= bytes;
			rows.set(example, row);
		}
	}

	private makeRows(images: readonly Image[]): Row[] {
		const [first] = images;
		if (first === undefined) return [];
		if (this.prefix.steps.length === 0) {
			this.shapes = [first.shape];
			return images.map(({ data }) => [data]);
		}
		const flat = tf.tidy(() => {
			const values = run(this.prefix, [stackImages(images)], false);
			this.shapes = values.map(({ shape }) => shape.slice(1));
			return values.map((value) => value.dataSync() as Float32Array);
		});
		return images.map((_, i) =>
			flat.map((data) => {
				const length = data.length / images.length;
				return data.slice(i * length, (i + 1) * length);
			}),
		);
	}

	private stackRows(rows: readonly Row[]): tf.Tensor[] {
		return this.shapes.map((shape, column) => {
			const length = shape.reduce((product, size) => product * size, 1);
			const data = new Float32Array(rows.length * length);
			for (const [i, row] of rows.entries()) {
				data.set(row[column] as Float32Array, i * length);
			}
			return tf.tensor(data, [rows.length, ...shape]);
		});
	}
}
