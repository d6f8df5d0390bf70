import type { BatchedDataset } from "../dataset/batches";
import type { Image } from "../dataset/example";
import type { Item } from "../dataset/map_chain";
import {
	type FeatureBatch,
	type Features,
	type Featurizer,
	produceBatches,
	type Stackable,
	stack,
} from "../dataset/produce";
import { TransferLearningError } from "../errors";
import { flatten } from "../graph/flatten";
import { foldBatchNormalization } from "../graph/fold_batch_norm";
import { type Graph, run, splitHead } from "../graph/graph";
import { hoistMaxPool } from "../graph/hoist_max_pool";
import { withLogits } from "../graph/logits";
import { regularizationLosses } from "../graph/regularization";
import { tf } from "../tf";
import { FeatureCache, featureStoreOf } from "./feature_cache";
import type { Loss, Output } from "./losses";

/** What a model is split for. */
export interface SplitOptions {
	/** How many bytes of features may be kept, those of other models included. What does not fit is computed again each time. Default: 0. */
	readonly cacheBytes?: number;
	/** Whether the head will be trained. Default: false. */
	readonly training?: boolean;
	/** The loss that will be computed. Default: none. */
	readonly loss?: Loss;
}

/**
 * A model in two parts: the feature extractor, which training does not change, and the head, which starts from the features.
 *
 * An example passes through the extractor once; its features are kept and serve all epochs and the validation, then
 * `evaluate`, and the next model on the same frozen base. If nothing of the model is frozen, the features are the
 * preprocessed pixels, which saves reading and decoding them again.
 *
 * Features are plain arrays, but the extractor has tensors of its own: `dispose` it.
 */
export class SplitModel implements Featurizer {
	/** Disposes the folded weights. */
	readonly dispose: () => void;
	/** The regularization losses of what is trained. */
	readonly penalties: readonly (() => tf.Scalar)[];
	private readonly extractor: Graph;
	private readonly head: Graph;
	private readonly cache: FeatureCache;

	constructor(
		private readonly model: tf.LayersModel,
		{ cacheBytes = 0, training = false, loss }: SplitOptions = {},
	) {
		const flat = flatten(model);
		const { extractor, head } = splitHead(
			loss?.takesLogits ? withLogits(flat) : flat,
		);
		this.penalties = loss ? regularizationLosses(head) : [];
		this.cache = new FeatureCache(featureStoreOf(extractor), cacheBytes);
		const before = foldBatchNormalization(extractor);
		const after = training
			? { graph: hoistMaxPool(head), dispose: () => {} }
			: foldBatchNormalization(hoistMaxPool(head));
		this.extractor = before.graph;
		this.head = after.graph;
		this.dispose = () => {
			before.dispose();
			after.dispose();
		};
	}

	/** One iteration over the data, as the head sees it. Whoever iterates disposes all tensors. */
	async *batches(batched: BatchedDataset): AsyncGenerator<FeatureBatch> {
		if (batched.maps.length === 0) {
			yield* produceBatches(batched, this);
			return;
		}
		for await (const { xs, ys } of batched) {
			yield { values: this.runExtractor(xs, ys), ys: ys as tf.Tensor2D };
		}
	}

	/** Runs the head on features; the caller disposes the results. */
	runHead(values: readonly tf.Tensor[], training: boolean): Output {
		const [predictions, logits] = tf.tidy(() =>
			run(this.head, values, training),
		);
		return { predictions: predictions as tf.Tensor, logits };
	}

	/** Disposes the pixels; the targets too if they do not fit. */
	private runExtractor(xs: tf.Tensor, ys: tf.Tensor): tf.Tensor[] {
		try {
			this.requireShape(xs.shape.slice(1), "a batch");
			return tf.tidy(() => run(this.extractor, [xs], false));
		} catch (error) {
			ys.dispose();
			throw error;
		} finally {
			xs.dispose();
		}
	}

	lookUp(item: Item): Features | undefined {
		return this.cache.get(item);
	}

	keep(item: Item, row: Features): void {
		this.cache.set(item, row);
	}

	make(images: readonly Image[], items: readonly Item[]): Stackable[][] {
		for (const [i, { shape }] of images.entries()) {
			this.requireShape(shape, (items[i] as Item).example.id);
		}
		if (this.extractor.steps.length === 0)
			return images.map((image) => [image]);
		const values = tf.tidy(() => {
			const xs = stack(images);
			return run(this.extractor, [xs], false);
		});
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

	private requireShape(shape: readonly number[], name: string): void {
		const expected = this.model.inputs[0]?.shape.slice(1) ?? [];
		const fits =
			expected.length === shape.length &&
			expected.every((size, i) => size === null || size === shape[i]);
		if (fits) return;
		const show = (sizes: readonly (number | null)[]) =>
			sizes.map((size) => size ?? "any").join(" x ");
		const [height, width] = expected;
		const advice =
			expected.length === 3 && height && width
				? ` Resize the images: createPreprocess({ size: [${height}, ${width}] }).`
				: "";
		throw new TransferLearningError(
			`The model "${this.model.name}" takes examples of ${show(expected)}, and ${name} has ${show(shape)}.${advice}`,
		);
	}
}
