import { type MimeBundle, makeDisplayable } from "../display";
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
let format = (_history: History, _initialEpoch: number): MimeBundle => ({});

/** Sets how a training and its history are shown; until then, nothing is shown. */
export function setTrainingDisplay(
	createDisplay: typeof create,
	formatHistory: typeof format,
): void {
	create = createDisplay;
	format = formatHistory;
}

/** Lets a notebook display a history as a table if a cell ends in it, with epochs numbered from `initialEpoch + 1`. */
export function displayHistory(
	history: History,
	initialEpoch: number,
): History {
	return makeDisplayable(history, () => format(history, initialEpoch));
}

/** Creates the display that fits where the library runs. */
export function createTrainingDisplay(
	training: ShownTraining,
): TrainingDisplay {
	return create(training);
}
