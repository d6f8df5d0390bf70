import type { BatchedDataset } from "../dataset/batches";
import type { FeatureBatch } from "../dataset/produce";
import { tf } from "../tf";
import { checkTargets } from "./check_batch";
import type { Metrics } from "./history";
import { lossOf } from "./losses";
import { measureBatch, metricsOf, RunningMetrics } from "./metrics";
import { type RunOptions, runInference } from "./run_inference";
import type { SplitModel } from "./split_model";
import { batchLoss } from "./train_step";

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
	const metrics = metricsOf(model);
	const running = new RunningMetrics(metrics);
	const use = (split: SplitModel, { values, ys }: FeatureBatch) => {
		checkTargets(model, loss, metrics, ys);
		tf.tidy(() => {
			const output = split.infer(values);
			const value = batchLoss(split, loss, ys, output);
			running.add(ys.shape[0], measureBatch(metrics, ys, output, value));
		});
	};
	await runInference("evaluate", model, batches, options, use, loss);
	return running.values;
}
