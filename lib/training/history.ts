/** Metrics of a model over some examples, under Keras's names. */
export interface Metrics {
	/** The compiled loss, regularization included. */
	readonly loss: number;
	/** What the model was compiled with: `accuracy` (the share of the examples that were right, 0–1), `mse`, … */
	readonly [metric: string]: number;
}

/**
 * What `fit` returns: a list for each metric under Keras's name, with one entry an epoch.
 * Validation metrics begin with `val_`; without validation data their lists are empty.
 */
export interface History {
	/** Mean loss over the epoch's examples, while they were trained on. */
	readonly loss: number[];
	/** Loss on the validation data after the epoch. */
	readonly val_loss: number[];
	/** How long the epoch took, validation included. */
	readonly seconds: number[];
	/** What the model was compiled with, and the same on the validation data: `accuracy` and `val_accuracy`, 0–1, for instance. */
	readonly [metric: string]: number[];
}
