import { setImmediate } from "node:timers/promises";
import type { BatchedDataset } from "../dataset/batches";
import type { FeatureBatch } from "../dataset/produce";
import { TransferLearningError } from "../errors";
import { createProgress, interruptible, silent } from "../host";
import { tf } from "../tf";
import { requireExamples } from "./check_model";
import { checkTargets } from "./check_targets";
import type { Metrics } from "./history";
import { type Loss, lossOf } from "./losses";
import { measureBatch, metricsOf, RunningMetrics } from "./metrics";
import { SplitModel } from "./split_model";
import { batchLoss } from "./train_step";

/** How `evaluate` and `predict` run. */
export interface RunOptions {
	/** Ends the run with an error when it is aborted; in a notebook ■ does the same. Default: none. */
	readonly signal?: AbortSignal;
	/** 1 shows the progress of what takes more than a second, 0 shows nothing. Default: 1. */
	readonly verbose?: 0 | 1;
}

/**
 * Computes a compiled model's loss and metrics on all examples of a data set, in inference mode.
 *
 * ```ts
 * const { loss, accuracy } = await evaluate(model, testBatches);
 * ```
 *
 * @param batches pixels as the model takes them, and targets as its loss takes them
 * @returns means over the examples, under Keras's names: `{ loss, accuracy }`
 * @throws TransferLearningError if the model was not compiled, the data do not fit it, an image cannot be read, or
 * the run was interrupted.
 */
export async function evaluate(
	model: tf.LayersModel,
	batches: BatchedDataset,
	{ signal, verbose = 1 }: RunOptions = {},
): Promise<Metrics> {
	const loss = lossOf(model);
	const metrics = metricsOf(model);
	requireExamples(batches);
	const split = new SplitModel(model, { loss });
	const progress = verbose ? createProgress("Evaluating") : silent;
	let done = 0;
	try {
		return await interruptible(signal, async (signal) => {
			const running = new RunningMetrics(metrics);
			for await (const batch of split.batches(batches)) {
				evaluateBatch(model, split, loss, batch, running);
				// TensorFlow holds the JavaScript thread; this lets decoding and messages go on.
				await setImmediate();
				done++;
				progress.update(done / batches.size, `batch ${done}/${batches.size}`);
				if (signal.aborted) {
					throw new TransferLearningError(
						`evaluate was interrupted after batch ${done} of ${batches.size}. Run it again for the whole data set.`,
					);
				}
			}
			return running.values;
		});
	} finally {
		split.dispose();
		progress.end(done < batches.size ? "stopped" : undefined);
	}
}

/** Adds a batch's loss and metrics to `running`. Disposes the batch. */
export function evaluateBatch(
	model: tf.LayersModel,
	split: SplitModel,
	loss: Loss,
	{ values, ys }: FeatureBatch,
	running: RunningMetrics,
): void {
	try {
		checkTargets(model, loss, ys);
		const measured = tf.tidy(() => {
			const output = split.runHead(values, false);
			return [output, batchLoss(split, loss, ys, output)] as const;
		});
		const [output, value] = measured;
		running.add(measureBatch(running.metrics, ys, output, value));
		tf.dispose([value, output.predictions, output.logits ?? []]);
	} finally {
		tf.dispose([...values, ys]);
	}
}
