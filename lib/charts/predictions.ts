import type { Label } from "../dataset/example";
import { TransferLearningError } from "../errors";
import { formatLabel, type Labels, readLabels, toClass } from "./labels";
import { escapePlotly } from "./plotly_text";
import type { ChartOptions } from "./theme";

/** What a chart of predictions may be told. */
export interface PredictionChartOptions extends ChartOptions {
	/** The names of the labels 0, 1, … Default: those of the data set if the labels come from one, else `0`, `1`, … */
	readonly classNames?: readonly string[] | undefined;
}

/** An example's label, and what a model says of it. */
export interface Judged {
	/** The index of its class. */
	readonly label: number;
	/** One for each class, 0–1. */
	readonly probabilities: readonly number[];
	/** The class that is predicted: the one of the largest probability; for a sigmoid, 1 from 0.5 on. */
	readonly said: number;
	/** The probability of the class that is predicted, 0–1. */
	readonly confidence: number;
}

/** Predictions for a chart. */
export interface ChartedPredictions {
	readonly judged: readonly Judged[];
	/** How many classes there are. */
	readonly classes: number;
	/** The names of the classes, as Plotly's text; undefined if they have none. */
	readonly names: readonly string[] | undefined;
}

/**
 * Brings labels, predictions and names together for a chart.
 *
 * @throws TransferLearningError as `judge`, or if the names are fewer than the classes or two of them are the same.
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
			`There are ${given.length} names (${given.join(", ")}) for ${classes} classes. Give classNames one for each class that the model predicts.`,
		);
	}
	const names = given?.slice(0, classes);
	const twice = names?.find((name, i) => names.indexOf(name) !== i);
	if (twice !== undefined) {
		throw new TransferLearningError(
			`Two classes have the name ${twice}. Give each class a name of its own.`,
		);
	}
	return { judged, classes, names: names?.map(escapePlotly) };
}

/**
 * Holds predictions against labels.
 *
 * @param labels class indices or one-hot rows
 * @param predictions as `predict` gives them: a row of one probability of label 1 (a sigmoid), or of one for each class
 * (a softmax)
 * @throws TransferLearningError if there are not as many labels as predictions, or none; if the rows differ in length or
 * hold anything but probabilities; or if a label is none of the classes.
 */
export function judge(
	labels: readonly Label[],
	predictions: readonly ArrayLike<number>[],
): Judged[] {
	if (labels.length !== predictions.length || labels.length === 0) {
		throw new TransferLearningError(
			`There must be a label for each prediction, and there are ${labels.length} labels and ${predictions.length} predictions. Take both from the same data set, in one order (reshuffleEachIteration: false).`,
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
		// At 0.5 a sigmoid says 1, as everywhere in this package.
		const said = isSigmoid
			? Number(one >= 0.5)
			: probabilities.indexOf(confidence);
		return { label, probabilities, said, confidence };
	});
}

function readRow(row: ArrayLike<number>, length: number, i: number): number[] {
	if (row.length !== length) {
		throw new TransferLearningError(
			`Predictions have rows of ${length} and ${row.length} values (prediction ${i}). Take all of them from one model.`,
		);
	}
	if (length === 0) {
		throw new TransferLearningError(
			"The rows of the predictions are empty. Give the rows that predict returns.",
		);
	}
	return Array.from(row, (value) => {
		// Single precision may end a little beside 0 and 1.
		if (!(value >= -1e-5 && value <= 1 + 1e-5)) {
			throw new TransferLearningError(
				`Prediction ${i} holds ${value}, which is no probability. Give the model's last layer a sigmoid (one unit) or a softmax (a unit for each class), and if it has one, look for NaN in the training's loss.`,
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
			`The label of example ${i} is ${formatLabel(label)}, which is no class. Labels are class indices from 0 on, or one-hot rows with one value for each class.`,
		);
	}
	if (typeof label !== "number" && ![1, classes].includes(label.length)) {
		throw new TransferLearningError(
			`The label of example ${i} is a row of ${label.length} values, and the predictions are of ${classes} classes. Use the labels that the model was trained with.`,
		);
	}
	if (index >= classes) {
		throw new TransferLearningError(
			`Example ${i} has the label ${index}, and the predictions are of ${length === 1 ? "one sigmoid, which knows the labels 0 and 1 only. Give the model a softmax with a unit for each class" : `${classes} classes, from label 0 to ${classes - 1}. Give the model's last layer a unit for each class`}.`,
		);
	}
	return index;
}
