import type { BatchedDataset } from "../dataset/batches";
import type { FeatureBatch } from "../dataset/produce";
import { TransferLearningError } from "../errors";
import { createProgress, interruptible, silent } from "../host";
import type { tf } from "../tf";
import { requireExamples } from "./check_model";
import type { Loss } from "./losses";
import { SplitModel } from "./split_model";

/**
 * Options of `evaluate` and `predict`.
 *
 * @example await evaluate(model, testBatches, { signal: AbortSignal.timeout(60_000), verbose: 0 });
 */
export interface RunOptions {
	/** Ends the run with an error when it is aborted; in a notebook, ■ does the same. */
	readonly signal?: AbortSignal;
	/**
	 * 1 shows the progress of a run that takes more than a second, 0 shows nothing.
	 * @default 1
	 */
	readonly verbose?: 0 | 1;
}

const titles = { evaluate: "Evaluating", predict: "Predicting" };

/**
 * Passes all batches of a data set to `use`, showing the progress. Disposes the batches.
 *
 * @param name the function that runs, for the progress and in errors
 * @param use runs the split model's head on a batch
 * @param loss the loss that `use` computes, if any
 * @throws TransferLearningError if there are no examples, they do not fit the model, or the run is interrupted.
 */
export async function runInference(
	name: "evaluate" | "predict",
	model: tf.LayersModel,
	batches: BatchedDataset,
	{ signal, verbose = 1 }: RunOptions,
	use: (split: SplitModel, batch: FeatureBatch) => void,
	loss?: Loss,
): Promise<void> {
	requireExamples(batches);
	const { size } = batches;
	const split = new SplitModel(model, { loss });
	const progress = verbose ? createProgress(titles[name]) : silent;
	let done = 0;
	try {
		await interruptible(signal, async (signal) => {
			for await (const batch of split.batches(batches, signal)) {
				use(split, batch);
				done++;
				progress.update(done / size, `batch ${done}/${size}`);
			}
			if (signal.aborted) {
				throw new TransferLearningError(
					`${name} was interrupted after batch ${done} of ${size}. Run it again for the whole data set.`,
				);
			}
		});
	} finally {
		progress.end(done < size ? "stopped" : undefined);
	}
}
