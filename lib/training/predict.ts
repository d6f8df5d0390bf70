import { setImmediate } from "node:timers/promises";
import type { BatchedDataset } from "../data/batches";
import { onInterruption } from "../display/notebook";
import { createProgress } from "../display/progress";
import { TransferLearningError } from "../errors";
import { tf } from "../tf";
import { FeatureExtractor } from "./feature_extractor";

/**
 * Computes what a model says of each example, in inference mode.
 *
 * @param batches pixels as the model takes them; a data set that is shuffled anew each time gives its results in
 * an order that nobody knows
 * @returns a row for each example, in their order: the flattened output, such as `[0.98]` for one sigmoid
 * @throws TransferLearningError if a picture cannot be read, or the kernel was interrupted.
 */
export async function predict(
	model: tf.LayersModel,
	batches: BatchedDataset,
): Promise<Float32Array[]> {
	const prefix = new FeatureExtractor(model, 0, false);
	const rows: Float32Array[] = [];
	const progress = createProgress("Predicting");
	const interruption = { requested: false };
	const endInterruption = await onInterruption(() => {
		interruption.requested = true;
	});
	try {
		for await (const { values: inputs, ys } of prefix.batches(batches)) {
			const output = prefix.runHead(inputs, false)[0] as tf.Tensor;
			const values = output.dataSync() as Float32Array;
			const length = values.length / ys.shape[0];
			for (let start = 0; start < values.length; start += length) {
				rows.push(values.slice(start, start + length));
			}
			tf.dispose([...inputs, ys, output]);
			// TensorFlow holds the JavaScript thread; this lets decoding and messages go on.
			await setImmediate();
			const { size } = batches.dataset;
			progress.update(rows.length / size, `${rows.length}/${size} examples`);
			if (interruption.requested) {
				throw new TransferLearningError(
					`predict was interrupted after ${rows.length} of ${size} examples. Run the cell again for all of them.`,
				);
			}
		}
	} finally {
		endInterruption();
		progress.end(interruption.requested ? "interrupted" : undefined);
		prefix.dispose();
	}
	return rows;
}
