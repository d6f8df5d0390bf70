/** Metrics of a model over some examples, under Keras's names. */
export interface Metrics {
	/** The compiled loss, regularisation included. */
	readonly loss: number;
	/** What else the model was compiled with, such as `accuracy`: the share of the examples that were right, 0–1. */
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
	/** What else the model was compiled with, such as `accuracy` and `val_accuracy`: the share of the examples that were right, 0–1. */
	readonly [metric: string]: number[];
}
