import type { BatchedDataset } from "../dataset/batches";
import { TransferLearningError } from "../errors";
import type { tf } from "../tf";
import type { Callbacks } from "./callbacks";
import {
	checkClassWeight,
	requireExamples,
	requireInteger,
} from "./check_model";

/** How to train, and what to tell. */
export interface FitOptions {
	/** The number of the epoch to stop after, which is how many times to go through the data unless `initialEpoch` is given. Default: 1. */
	readonly epochs?: number;
	/** The number of epochs that were trained before, to go on counting from there. Default: 0. */
	readonly initialEpoch?: number;
	/** What to evaluate the model on after each epoch. Default: nothing. */
	readonly validationData?: BatchedDataset;
	/** What to call on the way: `tf.callbacks.earlyStopping({ monitor: 'val_loss', patience: 2 })`, or `{ onEpochEnd: (epoch, logs) => … }`. Default: nothing. */
	readonly callbacks?: Callbacks;
	/** How much an example of each class counts in the loss, by class index; a class without a weight counts 1. Default: all count 1. */
	readonly classWeight?: Readonly<Record<number, number>>;
	/**
	 * Maximum bytes of cached features (pixels, if nothing is frozen), those of other models included. Examples that do not
	 * fit are read and computed again at every epoch, with the same results.
	 * Default: 1 GiB, room for 200,000 examples at MobileNetV2's 5 KB, or for 5,400 of 128 x 128 pixels.
	 */
	readonly cacheBytes?: number;
	/** Ends the training after the batch at hand when it is aborted; in a notebook ■ does the same. Default: none. */
	readonly signal?: AbortSignal;
	/** 1 shows the progress and the metrics of each epoch, 0 shows nothing. Default: 1. */
	readonly verbose?: 0 | 1;
}

/**
 * Checks what does not need the data themselves.
 *
 * @throws TransferLearningError saying what to change.
 */
export function checkOptions(
	model: tf.LayersModel,
	batches: BatchedDataset,
	{
		epochs = 1,
		initialEpoch = 0,
		validationData,
		classWeight,
		cacheBytes = 0,
	}: FitOptions,
): void {
	requireInteger("epochs", epochs, 1, "Say how often to go through the data.");
	requireInteger(
		"initialEpoch",
		initialEpoch,
		0,
		"Leave it out to begin at 0.",
	);
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
	if (validationData) requireExamples(validationData, "validationData");
	if (classWeight) checkClassWeight(classWeight, model);
}
