import { setImmediate } from "node:timers/promises";
import type { BatchedDataset } from "../data/batches";
import type { RowBatch } from "../data/produce";
import { onInterruption } from "../display/notebook";
import { createTrainingDisplay } from "../display/training_display";
import { TransferLearningError } from "../errors";
import { tf } from "../tf";
import { stepLikeKeras } from "./adam";
import { evaluateFrom } from "./evaluate";
import { FeatureExtractor } from "./feature_extractor";
import type { History, Metrics } from "./history";
import {
	type BatchMetrics,
	batchLoss,
	batchMetrics,
	meanMetrics,
	metricNames,
	requireCompiled,
} from "./metrics";

/** How long to train, and what to tell. */
export interface FitOptions {
	/** How many times to go through the data. Default: 1. */
	readonly epochs?: number;
	/** What to evaluate the model on after each epoch. Default: nothing. */
	readonly validationData?: BatchedDataset;
	/** 1 shows the progress and the metrics of each epoch, 0 shows nothing. Default: 1. */
	readonly verbose?: 0 | 1;
	/**
	 * How many bytes of what the frozen part makes of the examples are kept between epochs; if nothing is frozen, that is
	 * their pixels. Examples that do not fit are read and computed again at every epoch, with the same results.
	 * Default: 1 GiB, room for 200,000 examples at MobileNetV2's 5 KB, or for 5,400 of 128 x 128 pixels.
	 */
	readonly cacheBytes?: number;
}

/**
 * Trains a compiled model, as Keras's `fit` does.
 *
 * The longest frozen part at the model's beginning is computed once per example and not at every epoch,
 * with the same result. A frozen BatchNormalization runs in inference mode, as in Keras since TensorFlow 2.
 * The kernel's interruption ends the training after the batch at hand; the history then holds the whole epochs until there.
 * Outside a notebook Ctrl-C ends the process, as usual.
 *
 * The optimizer keeps its own state (Adam's moments); it belongs to the model.
 *
 * @param batches pixels as the model takes them, and labels `[batch, 1]`
 * @returns the metrics of each epoch
 * @throws TransferLearningError if the model was not compiled or has nothing to train, or a picture cannot be read.
 */
export async function fit(
	model: tf.LayersModel,
	batches: BatchedDataset,
	{
		epochs = 1,
		validationData,
		verbose = 1,
		cacheBytes = 2 ** 30,
	}: FitOptions = {},
): Promise<History> {
	requireCompiled(model);
	const variables = trainableVariables(model);
	const prefix = new FeatureExtractor(model, cacheBytes, true);
	const history = emptyHistory(model);
	const display = createTrainingDisplay({
		epochs,
		batches: batches.size + (validationData?.size ?? 0),
		history,
		verbose,
	});
	const interruption = { requested: false };
	const endInterruption = await onInterruption(() => {
		interruption.requested = true;
	});
	const trainEpoch = async () => {
		const results: BatchMetrics[] = [];
		for await (const batch of prefix.batches(batches)) {
			results.push(trainOnBatch(model, prefix, batch, variables));
			tf.dispose([...batch.values, batch.ys]);
			display.batch(() => meanMetrics(model, results));
			// TensorFlow holds the JavaScript thread; this lets decoding and messages go on.
			await setImmediate();
			if (interruption.requested) break;
		}
		return meanMetrics(model, results);
	};

	let remark: string | undefined;
	try {
		for (let epoch = 0; epoch < epochs; epoch++) {
			const start = performance.now();
			const metrics = await trainEpoch();
			const onBatch = () => display.batch(() => metrics);
			const validation =
				validationData &&
				(await evaluateFrom(
					prefix,
					model,
					validationData,
					interruption,
					onBatch,
				));
			// What was cut short has no place beside whole epochs.
			if (interruption.requested) {
				remark = `Interrupted in epoch ${epoch + 1}/${epochs}: the history holds the ${epoch} before it, the model keeps what it has learnt.`;
				break;
			}
			record(history, metrics, validation, (performance.now() - start) / 1000);
			display.epoch();
		}
	} finally {
		endInterruption();
		prefix.dispose();
		display.end(remark);
	}
	return history;
}

/** One step of the optimizer. The metrics are those before the step, as in Keras. */
function trainOnBatch(
	model: tf.LayersModel,
	prefix: FeatureExtractor,
	{ values, ys }: RowBatch,
	variables: tf.Variable[],
): BatchMetrics {
	return tf.tidy(() => {
		let predictions: tf.Tensor | undefined;
		const loss = stepLikeKeras(model.optimizer, () =>
			model.optimizer.minimize(
				() => {
					predictions = tf.keep(prefix.runHead(values, true)[0] as tf.Tensor);
					return batchLoss(model, ys, predictions);
				},
				true,
				variables,
			),
		);
		const metrics = batchMetrics(
			model,
			ys,
			predictions as tf.Tensor,
			loss as tf.Scalar,
		);
		predictions?.dispose();
		return metrics;
	});
}

function trainableVariables(model: tf.LayersModel): tf.Variable[] {
	const variables = model.trainableWeights.map(
		(weight) => weight.read() as tf.Variable,
	);
	if (variables.length === 0) {
		throw new TransferLearningError(
			`The model "${model.name}" has nothing to train: all its layers are frozen. Set trainable to true on one of them.`,
		);
	}
	return variables;
}

function emptyHistory(model: tf.LayersModel): History {
	const names = metricNames(model).flatMap((name) => [name, `val_${name}`]);
	return Object.fromEntries(
		[...names, "seconds"].map((name) => [name, []]),
	) as unknown as History;
}

function record(
	history: History,
	metrics: Metrics,
	validation: Metrics | undefined,
	seconds: number,
): void {
	for (const [name, value] of Object.entries(metrics)) {
		history[name]?.push(value);
	}
	for (const [name, value] of Object.entries(validation ?? {})) {
		history[`val_${name}`]?.push(value);
	}
	history.seconds.push(seconds);
}
