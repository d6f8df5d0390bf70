import type { Callback } from "./callbacks";
import type { History } from "./history";

/** Shows a training while it runs, as a callback of `fit`. */
export interface TrainingDisplay extends Callback {
	/**
	 * Leaves the final result: a table in a notebook, one line for each epoch elsewhere.
	 *
	 * @param remark a note to add, such as that the training was interrupted
	 */
	end(remark?: string): void;
}

/** The training to show. */
export interface ShownTraining {
	/** The number of the epoch to stop after. */
	readonly epochs: number;
	/** The number of epochs that were trained before. */
	readonly initialEpoch: number;
	/** Batches in an epoch, including those of the validation. */
	readonly batches: number;
	/** The history, which fills during training. */
	readonly history: History;
	/** 0 shows nothing except an interruption. */
	readonly verbose: 0 | 1;
}

let create = (_: ShownTraining): TrainingDisplay => ({ end() {} });

/** Sets how a training is shown; until then, nothing is shown. */
export function setTrainingDisplay(given: typeof create): void {
	create = given;
}

/** Creates the display that fits where the library runs. */
export function createTrainingDisplay(
	training: ShownTraining,
): TrainingDisplay {
	return create(training);
}
