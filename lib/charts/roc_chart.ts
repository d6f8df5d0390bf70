import type { Data } from "plotly.js";
import { TransferLearningError } from "../errors";
import type { Figure } from "./figure";
import { type Labels, nameLabel } from "./labels";
import {
	type ChartedPredictions,
	type PredictionChartOptions,
	readPredictions,
} from "./predictions";
import { macroAverage, type RocCurve, rocCurve } from "./roc";
import { colorAt, createLayout } from "./theme";

/**
 * What is found against what is mistaken for it, as the threshold falls, with the area under the curve (0–1).
 *
 * Of two classes: the share of label 1 that is found against the share of label 0 that is mistaken for it. Of more: a curve
 * for each class against all others, and the macro average of those that have examples.
 *
 * @param labels as for `confusionChart`, of two classes at least
 * @param predictions as for `confusionChart`
 * @throws TransferLearningError as `confusionChart`, or if all examples are of one class.
 */
export function rocChart(
	labels: Labels,
	predictions: readonly ArrayLike<number>[],
	{ title, classNames }: PredictionChartOptions = {},
): Figure {
	const read = readPredictions(labels, predictions, classNames);
	const { names } = read;
	const isBinary = read.classes === 2;
	const traces = isBinary ? twoClasses(read) : manyClasses(read);
	const axis = { range: [-0.01, 1.01], tickformat: ".1f" };
	const [xTitle, yTitle] = isBinary
		? [
				`${nameLabel(0, names)} taken for ${nameLabel(1, names)}`,
				`${nameLabel(1, names)} found`,
			]
		: ["Others taken for the class", "The class found"];
	return {
		data: [
			...traces,
			{
				type: "scatter",
				mode: "lines",
				name: "Guessing",
				x: [0, 1],
				y: [0, 1],
				line: { color: "#888888", dash: "dash", width: 1.5 },
				hoverinfo: "skip",
			},
		],
		layout: createLayout(title, {
			xaxis: { ...axis, title: { text: xTitle } },
			yaxis: { ...axis, title: { text: yTitle } },
			// A line for each class, and a scroll bar if they are too many.
			...(isBinary ? {} : { legend: {}, height: 460 }),
		}),
	};
}

function twoClasses({ judged }: ChartedPredictions): Partial<Data>[] {
	const curve = classCurve({ judged }, 1);
	if (!curve) throw oneClassError();
	return [curveTrace("Model", curve, 0)];
}

function manyClasses(read: ChartedPredictions): Partial<Data>[] {
	const { classes, names } = read;
	const curves = Array.from({ length: classes }, (_, label) => ({
		label,
		curve: classCurve(read, label),
	})).filter(
		(one): one is { label: number; curve: RocCurve } => one.curve !== undefined,
	);
	if (curves.length === 0) throw oneClassError();
	const average = macroAverage(curves.map(({ curve }) => curve));
	const of =
		curves.length < classes ? ` of ${curves.length} of ${classes} classes` : "";
	return [
		...curves.map(({ label, curve }) =>
			curveTrace(nameLabel(label, names), curve, label),
		),
		{
			type: "scatter",
			mode: "lines",
			name: `Macro average${of}, area ${average.area.toFixed(3)}`,
			x: [...average.x],
			y: [...average.y],
			line: { color: "#888888", width: 4 },
			hovertemplate: "%{y:.3f} found, %{x:.3f} mistaken",
		},
	];
}

/** The curve of one class against all others. */
function classCurve(
	{ judged }: Pick<ChartedPredictions, "judged">,
	of: number,
): RocCurve | undefined {
	return rocCurve(
		judged.map(({ label, probabilities }) => ({
			positive: label === of,
			probability: probabilities[of] as number,
		})),
	);
}

const dashes = ["solid", "dash", "dot", "dashdot"] as const;

function curveTrace(
	name: string,
	{ x, y, thresholds, area }: RocCurve,
	i: number,
): Partial<Data> {
	return {
		type: "scatter",
		mode: "lines",
		name: `${name}, area ${area.toFixed(3)}`,
		x: [...x],
		y: [...y],
		text: thresholds.map((value) => value.toFixed(3)),
		line: {
			color: colorAt(i),
			width: 2.5,
			shape: "linear",
			// Told apart by more than their colours.
			dash: dashes[i % dashes.length],
		},
		hovertemplate: "%{y:.3f} found, %{x:.3f} mistaken<br>threshold %{text}",
	};
}

function oneClassError(): TransferLearningError {
	return new TransferLearningError(
		"A ROC curve needs examples of both labels, or of two classes at least, and these have one alone. Take more of them.",
	);
}
