import { setImmediate } from "node:timers/promises";
import type { BatchedDataset } from "../data/batches";
import { onInterruption } from "../display/notebook";
import { createProgress } from "../display/progress";
import { TransferLearningError } from "../errors";
import { tf } from "../tf";
import { FeatureExtractor } from "./feature_extractor";
import type { Metrics } from "./history";
import {
	type BatchMetrics,
	batchLoss,
	batchMetrics,
	meanMetrics,
	requireCompiled,
} from "./metrics";

/**
 * Computes a compiled model's loss and metrics on all examples of a data set, in inference mode.
 *
 * @param batches pixels as the model takes them, and labels
 * @returns means over the examples, under Keras's names: `{ loss, accuracy }`
 * @throws TransferLearningError if the model was not compiled, a picture cannot be read, or the kernel was interrupted.
 */
export async function evaluate(
	model: tf.LayersModel,
	batches: BatchedDataset,
): Promise<Metrics> {
	requireCompiled(model);
	const prefix = new FeatureExtractor(model, 0, false);
	const progress = createProgress("Evaluating");
	const interruption = { requested: false };
	const endInterruption = await onInterruption(() => {
		interruption.requested = true;
	});
	let done = 0;
	try {
		const onBatch = () =>
			progress.update(++done / batches.size, `batch ${done}/${batches.size}`);
		const metrics = await evaluateFrom(
			prefix,
			model,
			batches,
			interruption,
			onBatch,
		);
		if (interruption.requested) {
			throw new TransferLearningError(
				`evaluate was interrupted after batch ${done} of ${batches.size}. Run the cell again for the whole data set.`,
			);
		}
		return metrics;
	} finally {
		endInterruption();
		prefix.dispose();
		progress.end(interruption.requested ? "interrupted" : undefined);
	}
}

/**
 * `evaluate`, with a prefix that may know the examples already.
 *
 * @param interruption once it is requested, this ends after the batch at hand
 * @param onBatch called after each batch
 */
export async function evaluateFrom(
	prefix: FeatureExtractor,
	model: tf.LayersModel,
	batches: BatchedDataset,
	interruption: { readonly requested: boolean },
	onBatch: () => void,
): Promise<Metrics> {
	const results: BatchMetrics[] = [];
	for await (const { values, ys } of prefix.batches(batches)) {
		results.push(
			tf.tidy(() => {
				const predictions = prefix.runHead(values, false)[0] as tf.Tensor;
				const loss = batchLoss(model, ys, predictions);
				return batchMetrics(model, ys, predictions, loss);
			}),
		);
		tf.dispose([...values, ys]);
		// TensorFlow holds the JavaScript thread; this lets decoding and messages go on.
		await setImmediate();
		onBatch();
		if (interruption.requested) break;
	}
	return meanMetrics(model, results);
}
