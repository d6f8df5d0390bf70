import type { BatchedDataset } from "../dataset/batches";
import type { FeatureBatch } from "../dataset/produce";
import { tf } from "../tf";
import { checkTargets } from "./check_batch";
import type { Metrics } from "./history";
import { lossOf } from "./losses";
import { metricsOf, RunningMetrics } from "./metrics";
import { type RunOptions, runInference } from "./run_inference";
import type { SplitModel } from "./split_model";
import { batchLoss, type Training } from "./train_step";

/**
 * Computes a compiled model's loss and metrics on all examples of a data set, in inference mode.
 *
 * @param batches pixels of the model's input shape, and targets that fit its loss
 * @returns means over the examples, under Keras's names: `{ loss, accuracy }`
 * @throws TransferLearningError if the model was not compiled, the data do not fit it, an image cannot be read, or
 * the run is interrupted.
 * @example const { loss, accuracy } = await evaluate(model, testBatches);
 */
export async function evaluate(
	model: tf.LayersModel,
	batches: BatchedDataset,
	options: RunOptions = {},
): Promise<Metrics> {
	const loss = lossOf(model);
	const running = new RunningMetrics(metricsOf(model));
	const use = (split: SplitModel, batch: FeatureBatch) =>
		evaluateBatch({ model, split, loss }, batch, running);
	await runInference("evaluate", model, batches, options, use, loss);
	return running.values;
}

/** Adds a batch's loss and metrics to `running`. */
export function evaluateBatch(
	{ model, split, loss }: Omit<Training, "weights">,
	{ values, ys }: FeatureBatch,
	running: RunningMetrics,
): void {
	checkTargets(model, loss, running.metrics, ys);
	tf.tidy(() => {
		const output = split.runHead(values, false);
		running.add(ys, output, batchLoss(split, loss, ys, output));
	});
}
