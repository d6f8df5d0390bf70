import { setImmediate } from "node:timers/promises";
import type { BatchedDataset } from "../dataset/batches";
import { TransferLearningError } from "../errors";
import { createProgress, interruptible, silent } from "../host";
import { tf } from "../tf";
import { requireExamples } from "./check_model";
import type { RunOptions } from "./evaluate";
import { SplitModel } from "./split_model";

/**
 * Computes what a model says of each example, in inference mode.
 *
 * ```ts
 * const [first] = await predict(model, testBatches); // Float32Array(1) [ 0.98 ]
 * ```
 *
 * @param batches pixels as the model takes them; a data set that is shuffled anew each time gives its results in
 * an order that nobody knows
 * @returns a row for each example, in their order: the flattened output, such as `[0.98]` for one sigmoid
 * @throws TransferLearningError if the data do not fit the model, an image cannot be read, or the run was interrupted.
 */
export async function predict(
	model: tf.LayersModel,
	batches: BatchedDataset,
	{ signal, verbose = 1 }: RunOptions = {},
): Promise<Float32Array[]> {
	requireExamples(batches);
	const { size } = batches.dataset;
	const split = new SplitModel(model);
	const rows: Float32Array[] = [];
	const progress = verbose ? createProgress("Predicting") : silent;
	try {
		return await interruptible(signal, async (signal) => {
			for await (const { values, ys } of split.batches(batches)) {
				const { predictions } = split.runHead(values, false);
				const output = predictions.dataSync() as Float32Array;
				const length = output.length / (predictions.shape[0] as number);
				for (let start = 0; start < output.length; start += length) {
					rows.push(output.slice(start, start + length));
				}
				tf.dispose([...values, ys, predictions]);
				// TensorFlow holds the JavaScript thread; this lets decoding and messages go on.
				await setImmediate();
				progress.update(rows.length / size, `${rows.length}/${size} examples`);
				if (signal.aborted) {
					throw new TransferLearningError(
						`predict was interrupted after ${rows.length} of ${size} examples. Run it again for all of them.`,
					);
				}
			}
			return rows;
		});
	} finally {
		split.dispose();
		progress.end(rows.length < size ? "stopped" : undefined);
	}
}
