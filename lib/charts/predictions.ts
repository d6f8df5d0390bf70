import type { Label } from "../dataset/example";
import { TransferLearningError } from "../errors";
import { formatLabel, type Labels, readLabels, toClass } from "./labels";
import { escapePlotly } from "./plotly_text";
import type { ChartOptions } from "./theme";

/** Options of charts that show labels or predictions. */
export interface PredictionChartOptions extends ChartOptions {
	/**
	 * The names of the labels 0, 1, …
	 *
	 * @default the data set's class names if `labels` is a data set, else the indices
	 */
	readonly classNames?: readonly string[] | undefined;
}

/** An example's label and prediction. */
export interface Judged {
	/** The class index of its label. */
	readonly label: number;
	/** One per class, 0–1. */
	readonly probabilities: readonly number[];
	/** The predicted class index: that of the largest probability; for a sigmoid, 1 from 0.5. */
	readonly predicted: number;
	/** The probability of the predicted class, 0–1. */
	readonly confidence: number;
}

/** Predictions for a chart. */
export interface ChartedPredictions {
	readonly judged: readonly Judged[];
	/** The number of classes. */
	readonly classes: number;
	/** The class names, escaped for Plotly; undefined if there are none. */
	readonly names: readonly string[] | undefined;
}

/**
 * Matches labels, predictions and class names for a chart.
 *
 * @throws TransferLearningError as `judge` does, or if there are fewer names than classes or a name appears twice.
 */
export function readPredictions(
	from: Labels,
	predictions: readonly ArrayLike<number>[],
	classNames?: readonly string[],
): ChartedPredictions {
	const read = readLabels(from);
	const judged = judge(read.labels, predictions);
	const classes = judged[0]?.probabilities.length ?? 0;
	const given = classNames ?? read.classNames;
	if (given && given.length < classes) {
		throw new TransferLearningError(
			`classNames has ${given.length} names (${given.join(", ")}) for ${classes} classes. Give it one for each class that the model predicts.`,
		);
	}
	const names = given?.slice(0, classes);
	const twice = names?.find((name, i) => names.indexOf(name) !== i);
	if (twice !== undefined) {
		throw new TransferLearningError(
			`Two classes have the name ${twice}. Give each class a different name.`,
		);
	}
	return { judged, classes, names: names?.map(escapePlotly) };
}

/**
 * Compares predictions with labels.
 *
 * @param labels class indices or one-hot rows
 * @param predictions as `predict` returns them: rows with the probability of label 1 (from a sigmoid), or with one
 * probability per class (from a softmax)
 * @throws TransferLearningError if the numbers of labels and predictions differ or are 0; if the rows differ in length or
 * have values that are not probabilities; or if a label is not one of the classes.
 */
export function judge(
	labels: readonly Label[],
	predictions: readonly ArrayLike<number>[],
): Judged[] {
	if (labels.length !== predictions.length || labels.length === 0) {
		throw new TransferLearningError(
			`Each prediction needs a label, but there are ${labels.length} labels and ${predictions.length} predictions. Take both from the same data set, in the same order (reshuffleEachIteration: false).`,
		);
	}
	const length = predictions[0]?.length ?? 0;
	return predictions.map((row, i) => {
		const values = readRow(row, length, i);
		const label = readLabel(labels[i] as Label, length, i);
		const [one = 0] = values;
		const isSigmoid = length === 1;
		const probabilities = isSigmoid ? [1 - one, one] : values;
		const confidence = Math.max(...probabilities);
		// At exactly 0.5 a sigmoid predicts 1, as everywhere in this package.
		const predicted = isSigmoid
			? Number(one >= 0.5)
			: probabilities.indexOf(confidence);
		return { label, probabilities, predicted, confidence };
	});
}

function readRow(row: ArrayLike<number>, length: number, i: number): number[] {
	if (row.length !== length) {
		throw new TransferLearningError(
			`Predictions have rows of ${length} and ${row.length} values (prediction ${i}). All of them must come from one model.`,
		);
	}
	if (length === 0) {
		throw new TransferLearningError(
			"The rows of the predictions are empty. Pass the rows that predict returns.",
		);
	}
	return Array.from(row, (value) => {
		// Rounding to float32 may end slightly outside 0–1.
		if (!(value >= -1e-5 && value <= 1 + 1e-5)) {
			throw new TransferLearningError(
				`Prediction ${i} has the value ${value}, which is not a probability. Give the model's last layer a sigmoid (one unit) or a softmax (one unit per class). If it has one, check the training loss for NaN.`,
			);
		}
		return Math.min(1, Math.max(0, value));
	});
}

function readLabel(label: Label, length: number, i: number): number {
	const classes = length === 1 ? 2 : length;
	const index = toClass(label);
	if (index === undefined) {
		throw new TransferLearningError(
			`The label of example ${i} is ${formatLabel(label)}, which is not a class. Labels must be class indices from 0, or one-hot rows with one value per class.`,
		);
	}
	if (typeof label !== "number" && ![1, classes].includes(label.length)) {
		throw new TransferLearningError(
			`The label of example ${i} is a row of ${label.length} values, but the predictions have ${classes} classes. Use the labels that the model was trained with.`,
		);
	}
	if (index >= classes) {
		throw new TransferLearningError(
			`Example ${i} has the label ${index}, but the predictions ${length === 1 ? "come from one sigmoid, which knows only the labels 0 and 1. Give the model a softmax with one unit per class" : `have ${classes} classes, from label 0 to ${classes - 1}. Give the model's last layer one unit per class`}.`,
		);
	}
	return index;
}
