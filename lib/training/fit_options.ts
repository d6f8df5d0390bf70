import type { BatchedDataset } from "../dataset/batches";
import { TransferLearningError } from "../errors";
import type { tf } from "../tf";
import type { Callbacks } from "./callbacks";
import { requireExamples } from "./check_model";
import { type ClassWeight, checkClassWeight } from "./class_weight";

/**
 * Options of `fit`.
 *
 * @example await fit(model, batches, { epochs: 10, validationData, classWeight: { 1: 2 }, verbose: 0 });
 */
export interface FitOptions {
	/**
	 * The number of the epoch to stop after, which is also the number of epochs unless `initialEpoch` is set. At least 1.
	 * @default 1
	 */
	readonly epochs?: number;
	/**
	 * The number of epochs that were trained before; counting continues from there.
	 * @default 0
	 */
	readonly initialEpoch?: number;
	/** The data on which to evaluate the model after each epoch. */
	readonly validationData?: BatchedDataset;
	/**
	 * Functions to call during training: `tf.callbacks.earlyStopping({ monitor: 'val_loss', patience: 2 })`, or
	 * `{ onEpochEnd: (epoch, logs) => … }`.
	 */
	readonly callbacks?: Callbacks;
	/** How much an example of each class counts in the loss, by class index: at least 0, and 1 for a class without a weight. */
	readonly classWeight?: ClassWeight;
	/**
	 * Maximum bytes of cached features (pixels, if nothing is frozen), including those of other models. Examples that do not
	 * fit are read and computed again at every epoch, with the same results. The default has room for 200,000 examples at
	 * MobileNetV2's 5 KB, or for 5,400 of 128 x 128 pixels.
	 * @default 2 ** 30 (1 GiB)
	 */
	readonly cacheBytes?: number;
	/** Ends the training after the current batch when it is aborted; in a notebook, ■ does the same. */
	readonly signal?: AbortSignal;
	/**
	 * 1 shows the progress and the metrics of each epoch, 0 shows nothing.
	 * @default 1
	 */
	readonly verbose?: 0 | 1;
}

/**
 * Checks the options, without reading the data.
 *
 * @throws TransferLearningError saying what to change.
 */
export function checkOptions(
	model: tf.LayersModel,
	batches: BatchedDataset,
	options: FitOptions,
): void {
	const { epochs = 1, initialEpoch = 0, cacheBytes = 0 } = options;
	for (const [name, value, lowest] of [
		["epochs", epochs, 1],
		["initialEpoch", initialEpoch, 0],
	] as const) {
		if (Number.isInteger(value) && value >= lowest) continue;
		throw new TransferLearningError(
			`${name} must be a whole number of at least ${lowest}, not ${value}.`,
		);
	}
	if (initialEpoch >= epochs) {
		throw new TransferLearningError(
			`With initialEpoch ${initialEpoch} and epochs ${epochs} there is nothing to train: epochs is the number of the epoch to stop after. Set it to ${initialEpoch + epochs} for ${epochs} more.`,
		);
	}
	if (!(cacheBytes >= 0)) {
		throw new TransferLearningError(
			`cacheBytes must be a number of bytes of at least 0, not ${cacheBytes}.`,
		);
	}
	requireExamples(batches);
	const { validationData, classWeight } = options;
	if (validationData) requireExamples(validationData, "validationData");
	if (classWeight) checkClassWeight(classWeight, model);
}
