import { setImmediate } from "node:timers/promises";
import type { BatchedDataset } from "../data/batches";
import { TransferLearningError } from "../errors";
import { tf } from "../tf";
import { evaluateFrom } from "./evaluate";
import { type FrontierBatch, FrozenPrefix } from "./frozen_prefix";
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
	/** 1 prints a line an epoch, 0 prints nothing. Default: 1. */
	readonly verbose?: 0 | 1;
}

/**
 * Trains a compiled model, as Keras's `fit` does.
 *
 * The longest frozen part at the model's beginning is computed once per example and not at every epoch,
 * with the same result. A frozen BatchNormalization runs in inference mode, as in Keras since TensorFlow 2.
 * The optimizer keeps its own state (Adam's moments); it belongs to the model.
 *
 * @param batches pixels as the model takes them, and labels `[batch, 1]`
 * @returns the metrics of each epoch
 * @throws TransferLearningError if the model was not compiled or has nothing to train, or a picture cannot be read.
 */
export async function fit(
	model: tf.LayersModel,
	batches: BatchedDataset,
	{ epochs = 1, validationData, verbose = 1 }: FitOptions = {},
): Promise<History> {
	requireCompiled(model);
	const variables = trainableVariables(model);
	const prefix = new FrozenPrefix(model);
	const history = emptyHistory(model);

	try {
		for (let epoch = 0; epoch < epochs; epoch++) {
			const start = performance.now();
			const results: BatchMetrics[] = [];
			for await (const batch of prefix.batches(batches)) {
				results.push(trainOnBatch(model, prefix, batch, variables));
				tf.dispose([...batch.values, batch.ys]);
				// TensorFlow holds the JavaScript thread; this lets decoding and messages go on.
				await setImmediate();
			}
			const metrics = meanMetrics(model, results);
			const validation =
				validationData && (await evaluateFrom(prefix, model, validationData));
			const seconds = (performance.now() - start) / 1000;
			record(history, metrics, validation, seconds);
			if (verbose) {
				console.log(formatEpoch(epoch, epochs, metrics, validation, seconds));
			}
		}
	} finally {
		prefix.dispose();
	}
	return history;
}

/** One step of the optimizer. The metrics are those before the step, as in Keras. */
function trainOnBatch(
	model: tf.LayersModel,
	prefix: FrozenPrefix,
	{ values, ys }: FrontierBatch,
	variables: tf.Variable[],
): BatchMetrics {
	return tf.tidy(() => {
		let predictions: tf.Tensor | undefined;
		const loss = model.optimizer.minimize(
			() => {
				predictions = tf.keep(prefix.runRest(values, true));
				return batchLoss(model, ys, predictions);
			},
			true,
			variables,
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

function formatEpoch(
	epoch: number,
	epochs: number,
	metrics: Metrics,
	validation: Metrics | undefined,
	seconds: number,
): string {
	const number = String(epoch + 1).padStart(String(epochs).length);
	const list = (prefix: string, values: Metrics) =>
		Object.entries(values).map(
			([name, value]) => `${prefix}${name}: ${value.toFixed(4)}`,
		);
	return [
		`Epoch ${number}/${epochs}`,
		`${seconds.toFixed(2)} s`,
		...list("", metrics),
		...(validation ? list("val_", validation) : []),
	].join(" - ");
}
