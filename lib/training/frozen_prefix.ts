import {
	type BatchedDataset,
	labelTensor,
	type Stackable,
	stack,
} from "../data/batches";
import type { Example, Image } from "../data/example";
import { prefetch } from "../data/prefetch";
import { foldBatchNormalization } from "../model/fold_batch_norm";
import { flatten, type Graph, run, splitFrozen } from "../model/graph";
import { poolFirst } from "../model/pool_first";
import { tf } from "../tf";
import { type KeptRows, keptRowsOf, type Row } from "./kept_rows";

/** A batch at the frontier: what the frozen prefix made of it. Whoever iterates disposes all tensors. */
export interface FrontierBatch {
	/** The values that the rest of the model starts from, each `[batch, …]`. */
	readonly values: readonly tf.Tensor[];
	/** Labels, `[batch, 1]`. */
	readonly ys: tf.Tensor2D;
}

/**
 * The part of a model that training does not change, and what it makes of each example.
 *
 * An example passes through the prefix once; its row is kept and serves all epochs and the validation, then `evaluate`,
 * and the next model on the same frozen base, as long as the base's weights stay and the example is in use.
 * If nothing of the model is frozen, the prefix is empty and the rows are the preprocessed pixels, which
 * saves reading and decoding them again. Nothing is kept where a `map` is not pure (augmentation).
 *
 * Rows are plain arrays, but the prefix has tensors of its own: `dispose` it.
 */
export class FrozenPrefix {
	/** Disposes the weights as they are run; call it in the end. */
	readonly dispose: () => void;
	private readonly prefix: Graph;
	private readonly rest: Graph;
	private readonly kept: KeptRows;

	constructor(
		model: tf.LayersModel,
		/** How many bytes of rows may be kept. What does not fit is computed again each time. */
		private readonly cacheBytes: number,
		/** Whether the rest of the model will be trained. */
		training: boolean,
	) {
		const { prefix, rest } = splitFrozen(flatten(model));
		this.kept = keptRowsOf(prefix);
		const before = foldBatchNormalization(prefix);
		const after = training
			? { graph: poolFirst(rest), dispose: () => {} }
			: foldBatchNormalization(poolFirst(rest));
		this.prefix = before.graph;
		this.rest = after.graph;
		this.dispose = () => {
			before.dispose();
			after.dispose();
		};
	}

	/** One iteration over the data, as the rest of the model sees it. */
	async *batches(batched: BatchedDataset): AsyncGenerator<FrontierBatch> {
		const { dataset } = batched;
		const rows = this.kept.of(dataset);
		const isFresh = (example: Example) => !rows.has(example);
		const load = async (group: Example[][]) => {
			const fresh = group.flat().filter(isFresh);
			const elements = await Promise.all(
				fresh.map((example) => dataset.element(example)),
			);
			return { group, fresh, images: elements.map(({ image }) => image) };
		};
		const groups = groupBatches(batched.examples(), isFresh);
		for await (const { group, fresh, images } of prefetch(
			groups,
			load,
			batched.ahead,
		)) {
			const made = this.makeRows(images);
			const madeRows = new Map(fresh.map((example, i) => [example, made[i]]));
			if (dataset.isPure) this.keep(rows, madeRows as Map<Example, Row>);
			for (const examples of group) {
				const batch = examples.map(
					(example) => (madeRows.get(example) ?? rows.get(example)) as Row,
				);
				const columns = this.prefix.outputs.map((_, column) =>
					stack(batch.map((row) => row[column] as Stackable)),
				);
				yield { values: columns, ys: labelTensor(examples) };
			}
		}
	}

	/** Runs the rest of the model on a batch; the caller disposes the predictions. */
	runRest(values: readonly tf.Tensor[], training: boolean): tf.Tensor {
		return tf.tidy(() => run(this.rest, values, training)[0] as tf.Tensor);
	}

	private keep(rows: WeakMap<Example, Row>, made: Map<Example, Row>): void {
		for (const [example, row] of made) {
			const bytes = row.reduce((sum, { data }) => sum + data.byteLength, 0);
			if (this.kept.bytes + bytes > this.cacheBytes) return;
			this.kept.count(example, bytes);
			rows.set(example, row);
		}
	}

	private makeRows(images: readonly Image[]): Row[] {
		if (images.length === 0) return [];
		if (this.prefix.steps.length === 0) return images.map((image) => [image]);
		const values = tf.tidy(() => run(this.prefix, [stack(images)], false));
		// Not within `tidy`, which would look for tensors among the values.
		const columns = values.map((value) => ({
			shape: value.shape.slice(1),
			data: value.dataSync() as Float32Array,
		}));
		tf.dispose(values);
		return images.map((_, i) =>
			columns.map(({ shape, data }) => {
				const length = data.length / images.length;
				return { shape, data: data.slice(i * length, (i + 1) * length) };
			}),
		);
	}
}

/**
 * Puts batches together whose fresh examples are no more than one batch holds, so that the prefix, which is
 * quicker on many examples at once, is not run for a few of them at a time.
 */
function groupBatches(
	batches: Example[][],
	isFresh: (example: Example) => boolean,
): Example[][][] {
	const groups: Example[][][] = [];
	let room = 0;
	for (const batch of batches) {
		const fresh = batch.filter(isFresh).length;
		const last = groups.at(-1);
		if (last && fresh <= room) {
			last.push(batch);
			room -= fresh;
		} else {
			groups.push([batch]);
			room = batch.length - fresh;
		}
	}
	return groups;
}
