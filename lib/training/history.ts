/** Metrics of a model over some examples, under Keras's names. */
export interface Metrics {
	/** The compiled loss, including regularization. */
	readonly loss: number;
	/** The compiled metrics: `accuracy` (the share of correct predictions, 0–1), `mse`, … */
	readonly [metric: string]: number;
}

/**
 * The result of `fit`: a list for each metric under Keras's name, with one entry for each epoch.
 * Validation metrics begin with `val_`; without validation data their lists are empty.
 *
 * @example const { loss, val_accuracy }: History = await fit(model, batches, { epochs: 3, validationData });
 */
export interface History {
	/** Mean loss over the epoch's examples, measured during training. */
	readonly loss: number[];
	/** Loss on the validation data after the epoch. */
	readonly val_loss: number[];
	/** Duration of the epoch in seconds, including validation. */
	readonly seconds: number[];
	/** The compiled metrics, also on the validation data: for example `accuracy` and `val_accuracy`, 0–1. */
	readonly [metric: string]: number[];
}
