import { TransferLearningError } from "../errors";
import type { ChartOptions } from "./theme";

/** What a chart of predictions may be told. */
export interface PredictionChartOptions extends ChartOptions {
	/** The names of the labels 0 and 1. Default: `['cat', 'dog']`. */
	readonly classNames?: readonly [string, string];
}

/** An example's label and the probability of label 1 that was predicted for it. */
export interface LabelAndProbability {
	readonly label: number;
	readonly probability: number;
}

/**
 * Brings labels and predictions together.
 *
 * @throws TransferLearningError if there are not as many labels as predictions, or none.
 */
export function pairLabels(
	labels: readonly number[],
	predictions: readonly ArrayLike<number>[],
): LabelAndProbability[] {
	if (labels.length !== predictions.length || labels.length === 0) {
		throw new TransferLearningError(
			`A chart of predictions needs a label for each prediction, and got ${labels.length} labels and ${predictions.length} predictions. Take both from the same data set, in one order (reshuffleEachIteration: false).`,
		);
	}
	return labels.map((label, i) => ({
		label,
		probability: predictions[i]?.[0] as number,
	}));
}
