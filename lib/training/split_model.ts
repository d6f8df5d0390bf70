import { setImmediate } from "node:timers/promises";
import type { BatchedDataset } from "../dataset/batches";
import type { Item } from "../dataset/map_chain";
import {
	type FeatureBatch,
	type Features,
	type Featurizer,
	type LoadedItem,
	pixels,
	produceBatches,
	stack,
} from "../dataset/produce";
import type { LayerVariable } from "../graph/compiled";
import { isDeterministic } from "../graph/deterministic";
import { isDropout } from "../graph/dropout";
import { flatten } from "../graph/flatten";
import { type Graph, run, splitHead, type TrainingMode } from "../graph/graph";
import { hoistMaxPool } from "../graph/hoist_max_pool";
import { type Inference, inferenceOf } from "../graph/inference";
import { withLogits } from "../graph/logits";
import { tf } from "../tf";
import { checkInput } from "./check_batch";
import { FeatureCache } from "./feature_cache";
import type { Loss, Output } from "./losses";

/** Options of `SplitModel`. */
export interface SplitOptions {
	/**
	 * Maximum bytes of cached features, including those of other models. Features that do not fit are computed again each time.
	 * @default 0
	 */
	readonly cacheBytes?: number;
	/** The loss that will be computed, if any. */
	readonly loss?: Loss | undefined;
}

/**
 * A model in two parts: the feature extractor, which training does not change, and the head, which takes the features.
 *
 * An example passes through the extractor once; its cached features serve all epochs and the validation, then
 * `evaluate`, and the next model on the same frozen base. If nothing in the model is frozen, the features are the
 * preprocessed pixels, which saves reading and decoding them again.
 *
 * Features are plain arrays. The model itself is not changed.
 */
export class SplitModel implements Featurizer {
	/** The regularization losses of the trained layers. */
	readonly penalties: readonly (() => tf.Scalar)[];
	/** All weights of the head, and those that are not trained. */
	readonly headWeights: readonly LayerVariable[];
	/** The Dropout layers of the head, one for each call. */
	readonly dropouts: readonly tf.layers.Layer[];
	/** Whether the head consists of tfjs's own layers, which do the same at each call. */
	readonly isCompilable: boolean;
	private readonly extractor: Inference | undefined;
	private readonly head: Graph;
	private inference: Inference | undefined;
	private readonly cache: FeatureCache;

	/** @throws TransferLearningError if the model is one that `flatten` refuses. */
	constructor(
		private readonly model: tf.LayersModel,
		{ cacheBytes = 0, loss }: SplitOptions = {},
	) {
		const flat = flatten(model);
		const { extractor, head } = splitHead(
			loss?.takesLogits ? withLogits(flat) : flat,
		);
		this.penalties = loss ? regularizationLosses(head) : [];
		const features = inferenceOf(extractor);
		this.cache = new FeatureCache(features, cacheBytes);
		this.extractor = extractor.steps.length > 0 ? features : undefined;
		this.head = hoistMaxPool(head);
		const layers = head.steps.map(({ layer }) => layer);
		this.headWeights = [...new Set(layers.flatMap(({ weights }) => weights))];
		this.dropouts = layers.filter(isDropout);
		this.isCompilable = layers.every(
			(layer) => isDeterministic(layer) || isDropout(layer),
		);
	}

	/**
	 * Iterates over the data once, giving the features that the head takes. Each batch is disposed after its use.
	 *
	 * @param signal ends the iteration after the current batch when it is aborted
	 */
	async *batches(
		batched: BatchedDataset,
		signal?: AbortSignal,
	): AsyncGenerator<FeatureBatch> {
		for await (const batch of this.produce(batched)) {
			try {
				yield batch;
			} finally {
				tf.dispose([...batch.values, batch.ys]);
			}
			// TensorFlow blocks the JavaScript thread; this lets decoding and messages continue.
			await setImmediate();
			if (signal?.aborted) return;
		}
	}

	/** Runs the head on features, operation by operation; the caller disposes the results. */
	runHead(values: readonly tf.Tensor[], training?: TrainingMode): Output {
		const [predictions, logits] = tf.tidy(() =>
			run(this.head, values, training),
		);
		return { predictions: predictions as tf.Tensor, logits };
	}

	/** Runs the head on features in inference mode, while its weights do not change; the caller disposes the results. */
	infer(values: readonly tf.Tensor[]): Output {
		this.inference ??= inferenceOf(this.head);
		const [predictions, logits] = this.inference.run(values);
		return { predictions: predictions as tf.Tensor, logits };
	}

	/** Returns an item's cached features. */
	lookUp(item: Item): Features | undefined {
		return this.cache.get(item);
	}

	/**
	 * Computes the features of examples, and caches them.
	 *
	 * @throws TransferLearningError if their shape is not the model's input shape.
	 */
	compute(examples: readonly LoadedItem[]): Features[] {
		for (const { item, element } of examples) {
			checkInput(this.model, element.image.shape, item.example.id);
		}
		const features = this.extractor
			? this.extract(examples, this.extractor)
			: pixels.compute(examples);
		for (const [i, { item }] of examples.entries()) {
			this.cache.set(item, features[i] as Features);
		}
		return features;
	}

	private extract(
		examples: readonly LoadedItem[],
		extractor: Inference,
	): Features[] {
		const outputs = tf.tidy(() =>
			extractor.run([stack(examples.map(({ element }) => element.image))]),
		);
		// Not within `tidy`, which would search the arrays for tensors.
		const arrays = outputs.map((output) => ({
			shape: output.shape.slice(1),
			data: output.dataSync() as Float32Array,
		}));
		tf.dispose(outputs);
		return examples.map(({ element: { label } }, i) => ({
			values: arrays.map(({ shape, data }) => {
				const length = data.length / examples.length;
				return { shape, data: data.slice(i * length, (i + 1) * length) };
			}),
			label,
		}));
	}

	private async *produce(
		batched: BatchedDataset,
	): AsyncGenerator<FeatureBatch> {
		if (batched.maps.length === 0) {
			yield* produceBatches(batched, this);
			return;
		}
		for await (const { xs, ys } of batched) {
			yield { values: this.extractBatch(xs, ys), ys: ys as tf.Tensor2D };
		}
	}

	/** Disposes the pixels; the targets too if the pixels do not fit. */
	private extractBatch(xs: tf.Tensor, ys: tf.Tensor): tf.Tensor[] {
		try {
			checkInput(this.model, xs.shape.slice(1), "a batch");
			return this.extractor?.run([xs]) ?? [xs.clone()];
		} catch (error) {
			ys.dispose();
			throw error;
		} finally {
			xs.dispose();
		}
	}
}

/**
 * Lists the regularization losses of the trained layers, each layer once however often it is called. Those of frozen layers
 * do not count, as in Keras (`Layer._get_regularization_losses`).
 */
function regularizationLosses({ steps }: Graph): (() => tf.Scalar)[] {
	const trained = steps.filter(({ frozen }) => !frozen);
	return [...new Set(trained.map(({ layer }) => layer))].flatMap(
		(layer) => layer.losses as unknown as (() => tf.Scalar)[],
	);
}
