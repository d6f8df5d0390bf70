import { setImmediate } from "node:timers/promises";
import type { BatchedDataset } from "../data/batches";
import { tf } from "../tf";
import { FrozenPrefix } from "./frozen_prefix";
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
 * @throws TransferLearningError if the model was not compiled, or a picture cannot be read.
 */
export async function evaluate(
	model: tf.LayersModel,
	batches: BatchedDataset,
): Promise<Metrics> {
	requireCompiled(model);
	const prefix = new FrozenPrefix(model, 0);
	try {
		return await evaluateFrom(prefix, model, batches);
	} finally {
		prefix.dispose();
	}
}

/** `evaluate`, with a prefix that may know the examples already. */
export async function evaluateFrom(
	prefix: FrozenPrefix,
	model: tf.LayersModel,
	batches: BatchedDataset,
): Promise<Metrics> {
	const results: BatchMetrics[] = [];
	for await (const { values, ys } of prefix.batches(batches)) {
		results.push(
			tf.tidy(() => {
				const predictions = prefix.runRest(values, false);
				const loss = batchLoss(model, ys, predictions);
				return batchMetrics(model, ys, predictions, loss);
			}),
		);
		tf.dispose([...values, ys]);
		// TensorFlow holds the JavaScript thread; this lets decoding and messages go on.
		await setImmediate();
	}
	return meanMetrics(model, results);
}
