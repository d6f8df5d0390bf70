import { setImmediate } from "node:timers/promises";
import type { BatchedDataset } from "../dataset/batches";
import { interruptible } from "../host";
import { tf } from "../tf";
import { type Callback, callAll, listCallbacks } from "./callbacks";
import {
	requireOwnOptimizer,
	sampleWeights,
	trainedWeights,
} from "./check_model";
import { checkTargets } from "./check_targets";
import { createTrainingDisplay } from "./display";
import { evaluateBatch } from "./evaluate";
import { checkOptions, type FitOptions } from "./fit_options";
import type { History, Metrics } from "./history";
import { lossOf } from "./losses";
import { metricNames, metricsOf, RunningMetrics } from "./metrics";
import { SplitModel } from "./split_model";
import { type Training, trainOnBatch } from "./train_step";

/**
 * Trains a compiled model, as Keras's `fit` does.
 *
 * ```ts
 * const history = await fit(model, trainBatches, { epochs: 10, validationData: testBatches });
 * ```
 *
 * It takes every model of one input and one output. What was frozen when the model was compiled is not trained; the longest
 * frozen part at the model's beginning is computed once per example and not at every epoch, with the same result. A frozen
 * BatchNormalization runs in inference mode, as in Keras since TensorFlow 2.
 *
 * When the training is interrupted, the history holds the whole epochs until there, and the model keeps what it has learnt.
 * The optimizer keeps its own state (Adam's moments); it belongs to the model.
 *
 * @param batches pixels as the model takes them, and targets as its loss takes them
 * @returns the metrics of each epoch
 * @throws TransferLearningError before the first step if the model was not compiled or has nothing to train, or if data, targets or
 * options do not fit it; later if an image cannot be read, or an example differs from those before.
 */
export async function fit(
	model: tf.LayersModel,
	batches: BatchedDataset,
	options: FitOptions = {},
): Promise<History> {
	const { cacheBytes = 2 ** 30, validationData, verbose = 1 } = options;
	const { epochs = 1, initialEpoch = 0 } = options;
	const loss = lossOf(model);
	const metrics = metricsOf(model);
	checkOptions(model, batches, options);
	const callbacks = listCallbacks(options.callbacks);
	const weights = trainedWeights(model);
	requireOwnOptimizer(model, weights);
	const history = emptyHistory(metricNames(metrics));
	const split = new SplitModel(model, { cacheBytes, training: true, loss });
	const display = createTrainingDisplay({
		epochs,
		initialEpoch,
		batches: batches.size + (validationData?.size ?? 0),
		history,
		verbose,
	});
	const training = { model, split, loss, metrics, weights };
	let remark: string | undefined;
	try {
		await interruptible(options.signal, async (signal) => {
			if (validationData) await checkSample(training, validationData);
			await begin(model, callbacks, batches, options);
			const run = { ...training, callbacks: [display, ...callbacks], signal };
			for (let epoch = initialEpoch; epoch < epochs; epoch++) {
				await callAll(run.callbacks, (callback) =>
					callback.onEpochBegin?.(epoch, {}),
				);
				const start = performance.now();
				const trained = await trainEpoch(run, batches, options.classWeight);
				const validation =
					validationData && (await validate(run, validationData));
				// What was cut short has no place beside whole epochs.
				if (signal.aborted) {
					remark = `Interrupted in epoch ${epoch + 1}/${epochs}: the history holds the ${epoch - initialEpoch} before it, the model keeps what it has learnt.`;
					break;
				}
				const logs = { ...trained, ...prefixed(validation) };
				record(history, logs, (performance.now() - start) / 1000);
				await callAll(run.callbacks, (callback) =>
					callback.onEpochEnd?.(epoch, { ...logs }),
				);
				if (model.stopTraining) break;
			}
			await callAll(callbacks, (callback) => callback.onTrainEnd?.({}));
		});
	} finally {
		split.dispose();
		display.end(remark);
	}
	return history;
}

/** A training on its way. */
interface Run extends Training {
	readonly callbacks: readonly Callback[];
	readonly signal: AbortSignal;
}

/** Checks one example of the validation data, which training would reach only after an epoch. */
async function checkSample(
	{ model, split, loss }: Training,
	data: BatchedDataset,
): Promise<void> {
	for await (const { values, ys } of split.batches(data.sample())) {
		try {
			checkTargets(model, loss, ys);
		} finally {
			tf.dispose([...values, ys]);
		}
	}
}

async function begin(
	model: tf.LayersModel,
	callbacks: readonly Callback[],
	batches: BatchedDataset,
	{ epochs = 1, initialEpoch = 0, validationData, verbose = 1 }: FitOptions,
): Promise<void> {
	model.stopTraining = false;
	for (const callback of callbacks) {
		callback.setParams?.({
			epochs,
			initialEpoch,
			steps: batches.size,
			samples: batches.dataset.size,
			batchSize: batches.batchSize,
			doValidation: validationData !== undefined,
			verbose,
		});
		callback.setModel?.(model);
	}
	await callAll(callbacks, (callback) => callback.onTrainBegin?.({}));
}

async function trainEpoch(
	run: Run,
	batches: BatchedDataset,
	classWeight: FitOptions["classWeight"],
): Promise<Metrics> {
	const running = new RunningMetrics(run.metrics);
	let batch = 0;
	if (run.signal.aborted) return running.values;
	for await (const { values, ys } of run.split.batches(batches)) {
		const size = ys.shape[0] as number;
		let weights: tf.Tensor1D | undefined;
		try {
			await callAll(run.callbacks, (callback) =>
				callback.onBatchBegin?.(batch, { batch, size }),
			);
			checkTargets(run.model, run.loss, ys);
			weights = classWeight && sampleWeights(ys, classWeight);
			running.add(trainOnBatch(run, { values, ys }, weights));
		} finally {
			tf.dispose([...values, ys, weights ?? []]);
		}
		const logs = { ...running.values, batch, size };
		await callAll(run.callbacks, (callback) =>
			callback.onBatchEnd?.(batch, { ...logs }),
		);
		batch++;
		// TensorFlow holds the JavaScript thread; this lets decoding and messages go on.
		await setImmediate();
		if (run.signal.aborted || run.model.stopTraining) break;
	}
	return running.values;
}

async function validate(
	{ model, split, loss, metrics, callbacks, signal }: Run,
	data: BatchedDataset,
): Promise<Metrics> {
	const running = new RunningMetrics(metrics);
	let batch = 0;
	if (signal.aborted) return running.values;
	for await (const values of split.batches(data)) {
		evaluateBatch(model, split, loss, values, running);
		await callAll(callbacks, (callback) =>
			callback.onTestBatchEnd?.(batch, { ...running.values }),
		);
		batch++;
		await setImmediate();
		if (signal.aborted) break;
	}
	return running.values;
}

function prefixed(metrics: Metrics | undefined): Record<string, number> {
	return Object.fromEntries(
		Object.entries(metrics ?? {}).map(([name, value]) => [
			`val_${name}`,
			value,
		]),
	);
}

function emptyHistory(names: readonly string[]): History {
	const all = names.flatMap((name) => [name, `val_${name}`]);
	return Object.fromEntries(
		[...all, "seconds"].map((name) => [name, []]),
	) as unknown as History;
}

function record(
	history: History,
	logs: Readonly<Record<string, number>>,
	seconds: number,
): void {
	for (const [name, value] of Object.entries(logs)) history[name]?.push(value);
	history.seconds.push(seconds);
}
