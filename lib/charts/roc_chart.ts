import type { Data } from "plotly.js";
import { TransferLearningError } from "../errors";
import { createFigure } from "./figure";
import { type Labels, nameLabel } from "./labels";
import {
	type ChartedPredictions,
	type PredictionChartOptions,
	readPredictions,
} from "./predictions";
import { macroAverage, type RocCurve, rocCurve } from "./roc";
import { colorAt, createLayout, type Figure } from "./theme";

/**
 * Plots ROC curves: true against false positive rates (0–1) as the threshold falls, with the area under each curve.
 *
 * With two classes, label 1 counts as positive. With more, there is one curve for each class against all others, and the
 * macro average of the classes that have examples.
 *
 * @param labels as for `confusionChart`, with examples of at least two classes
 * @param predictions as for `confusionChart`
 * @throws TransferLearningError as `confusionChart` does, or if all examples have the same label.
 *
 * @example
 * ```ts
 * show(rocChart(test, await predict(model, testBatches)));
 * ```
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
				`False positive rate (${nameLabel(0, names)} predicted as ${nameLabel(1, names)})`,
				`True positive rate (${nameLabel(1, names)})`,
			]
		: ["False positive rate", "True positive rate"];
	return createFigure({
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
			// One legend entry per line beside the chart; Plotly adds a scroll bar if there are too many.
			...(isBinary ? {} : { legend: {}, height: 460 }),
		}),
	});
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
			hovertemplate: rates,
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

const rates = "true positive rate %{y:.3f}, false positive rate %{x:.3f}";

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
			// Lines must differ in more than colour.
			dash: dashes[i % dashes.length],
		},
		hovertemplate: `${rates}<br>threshold %{text}`,
	};
}

function oneClassError(): TransferLearningError {
	return new TransferLearningError(
		"A ROC curve needs examples of both labels, or of at least two classes, but these all have the same label. Use more examples.",
	);
}
