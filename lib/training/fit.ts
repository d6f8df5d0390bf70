import type { BatchedDataset } from "../dataset/batches";
import { interruptible } from "../host";
import type { tf } from "../tf";
import { type Callback, callAll, listCallbacks } from "./callbacks";
import { checkTargets } from "./check_batch";
import {
	requireKerasRate,
	requireOwnOptimizer,
	trainedWeights,
} from "./check_model";
import { createTrainingDisplay, displayHistory } from "./display";
import { checkOptions, type FitOptions } from "./fit_options";
import type { History, Metrics } from "./history";
import { lossOf } from "./losses";
import { type Metric, metricsOf, RunningMetrics } from "./metrics";
import { SplitModel } from "./split_model";
import {
	type BatchStep,
	createEvaluationStep,
	createTrainStep,
	type Training,
} from "./train_step";

/**
 * Trains a compiled model, as Keras's `fit` does.
 *
 * It takes any model with one input and one output. Layers that were frozen when the model was compiled are not trained;
 * the longest frozen part at the start of the model is computed once per example instead of at every epoch, with the same
 * result. A frozen BatchNormalization runs in inference mode, as in Keras since TensorFlow 2.
 *
 * If the training is interrupted, the history holds the complete epochs so far, and the model keeps what it has learned.
 * The optimizer, which belongs to the model, keeps its own state (Adam's moments).
 *
 * @param batches pixels of the model's input shape, and targets that fit its loss
 * @returns the metrics of each epoch
 * @throws TransferLearningError before the first step if the model was not compiled or has nothing to train, or if data,
 * targets or options do not fit it; later if an image cannot be read, or an example differs from those before.
 * @example const history = await fit(model, trainBatches, { epochs: 10, validationData: testBatches });
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
	requireKerasRate(model);
	requireOwnOptimizer(model, weights);
	const history = displayHistory(emptyHistory(metrics), initialEpoch);
	const split = new SplitModel(model, { cacheBytes, loss });
	const display = createTrainingDisplay({
		epochs,
		initialEpoch,
		batches: batches.size + (validationData?.size ?? 0),
		history,
		verbose,
	});
	const { classWeight } = options;
	const training = { model, split, loss, weights, classWeight, metrics };
	const train = createTrainStep(training);
	const evaluate = createEvaluationStep(training);
	let remark: string | undefined;
	try {
		await interruptible(options.signal, async (signal) => {
			if (validationData) await checkSample(training, validationData);
			await begin(model, callbacks, batches, options);
			const run = {
				...{ ...training, train, evaluate, signal },
				callbacks: [display, ...callbacks],
			};
			for (let epoch = initialEpoch; epoch < epochs; epoch++) {
				await callAll(run.callbacks, "onEpochBegin", epoch, {});
				const start = performance.now();
				const trained = await trainEpoch(run, batches);
				const validation =
					validationData && (await validate(run, validationData));
				// An incomplete epoch must not stand beside complete ones.
				if (signal.aborted) {
					remark = `Interrupted in epoch ${epoch + 1}/${epochs}: the history holds the ${epoch - initialEpoch} before it, and the model keeps what it has learned.`;
					break;
				}
				const logs = { ...trained, ...withPrefix(validation) };
				for (const [name, value] of Object.entries(logs)) {
					history[name]?.push(value);
				}
				history.seconds.push((performance.now() - start) / 1000);
				await callAll(run.callbacks, "onEpochEnd", epoch, logs);
				if (model.stopTraining) break;
			}
			await callAll(callbacks, "onTrainEnd", {});
		});
	} finally {
		train.dispose();
		evaluate.dispose();
		display.end(remark);
	}
	return history;
}

/** A training in progress. */
interface Run extends Training {
	readonly train: BatchStep;
	readonly evaluate: BatchStep;
	readonly callbacks: readonly Callback[];
	readonly signal: AbortSignal;
}

/** Checks one example of the validation data, which training would otherwise reach only after an epoch. */
async function checkSample(
	{ model, split, loss, metrics }: Training,
	data: BatchedDataset,
): Promise<void> {
	for await (const { ys } of split.batches(data.sample())) {
		checkTargets(model, loss, metrics, ys);
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
	await callAll(callbacks, "onTrainBegin", {});
}

async function trainEpoch(run: Run, batches: BatchedDataset): Promise<Metrics> {
	const { model, split, loss, metrics, callbacks, signal } = run;
	const running = new RunningMetrics(metrics);
	if (signal.aborted) return running.values;
	let batch = 0;
	for await (const { values, ys } of split.batches(batches, signal)) {
		const size = ys.shape[0] as number;
		await callAll(callbacks, "onBatchBegin", batch, { batch, size });
		checkTargets(model, loss, metrics, ys);
		run.train({ values, ys }, running);
		const logs = { ...running.values, batch, size };
		await callAll(callbacks, "onBatchEnd", batch, logs);
		batch++;
		if (model.stopTraining) break;
	}
	return running.values;
}

async function validate(run: Run, data: BatchedDataset): Promise<Metrics> {
	const { model, split, loss, metrics, callbacks, signal } = run;
	const running = new RunningMetrics(metrics);
	if (signal.aborted) return running.values;
	let batch = 0;
	for await (const examples of split.batches(data, signal)) {
		checkTargets(model, loss, metrics, examples.ys);
		run.evaluate(examples, running);
		await callAll(callbacks, "onTestBatchEnd", batch, running.values);
		batch++;
	}
	return running.values;
}

function withPrefix(metrics: Metrics | undefined): Record<string, number> {
	const entries = Object.entries(metrics ?? {});
	return Object.fromEntries(entries.map(([name, v]) => [`val_${name}`, v]));
}

function emptyHistory(metrics: readonly Metric[]): History {
	const names = ["loss", ...metrics.map(({ name }) => name)];
	const lists = names.flatMap((name) => [name, `val_${name}`]);
	return Object.fromEntries(
		[...lists, "seconds"].map((name) => [name, []]),
	) as unknown as History;
}
