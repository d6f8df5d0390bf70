import type { Callback } from "./callbacks";
import type { History } from "./history";

/** What is shown of a training while it runs, as a callback of `fit`, and what stays of it. */
export interface TrainingDisplay extends Callback {
	/**
	 * Leaves the final frame: a table in a notebook, a line an epoch elsewhere.
	 *
	 * @param remark what else to say, such as that the training was interrupted
	 */
	end(remark?: string): void;
}

/** The sizes of a training, and the history that it fills. */
export interface ShownTraining {
	readonly epochs: number;
	/** How many epochs were trained before. */
	readonly initialEpoch: number;
	/** Batches of an epoch, those of the validation included. */
	readonly batches: number;
	readonly history: History;
	/** 0 shows nothing but that it was interrupted. */
	readonly verbose: 0 | 1;
}

let create = (_: ShownTraining): TrainingDisplay => ({ end() {} });

/** Sets what shows a training. Default: nothing is shown. */
export function setTrainingDisplay(given: typeof create): void {
	create = given;
}

/** Shows a training where the library runs. */
export function createTrainingDisplay(
	training: ShownTraining,
): TrainingDisplay {
	return create(training);
}
