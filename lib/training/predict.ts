import type { BatchedDataset } from "../dataset/batches";
import type { tf } from "../tf";
import { type RunOptions, runInference } from "./run_inference";

/**
 * Computes a model's output for each example, in inference mode.
 *
 * @param batches pixels of the model's input shape; if each iteration shuffles the data set differently, the order of the
 * results is unknown
 * @returns the flattened output for each example, in their order: for example `[0.98]` for one sigmoid
 * @throws TransferLearningError if the data do not fit the model, an image cannot be read, or the run is interrupted.
 * @example const [first] = await predict(model, testBatches); // Float32Array(1) [ 0.98 ]
 */
export async function predict(
	model: tf.LayersModel,
	batches: BatchedDataset,
	options: RunOptions = {},
): Promise<Float32Array[]> {
	const outputs: Float32Array[] = [];
	await runInference(
		"predict",
		model,
		batches,
		options,
		(split, { values }) => {
			const { predictions } = split.infer(values);
			const data = predictions.dataSync() as Float32Array;
			const length = data.length / (predictions.shape[0] as number);
			for (let start = 0; start < data.length; start += length) {
				outputs.push(data.slice(start, start + length));
			}
			predictions.dispose();
		},
	);
	return outputs;
}
