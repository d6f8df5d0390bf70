import type { Figure } from "./figure";
import type { Labels } from "./labels";
import { escapePlotly, unescapePlotly } from "./plotly_text";
import { type PredictionChartOptions, readPredictions } from "./predictions";
import { blues, createLayout } from "./theme";

/**
 * How many examples of each label (rows) were taken for which (columns).
 *
 * @param labels class indices from 0 on, one-hot rows, or the unmapped data set itself, in the order of the predictions
 * @param predictions what `predict` gives: for each example a row with the probability of label 1 (a sigmoid, which says 1
 * from 0.5 on), or with one for each class (a softmax)
 * @throws TransferLearningError if labels, predictions and names do not go together, or a data set is mapped.
 */
export function confusionChart(
	labels: Labels,
	predictions: readonly ArrayLike<number>[],
	{ title, classNames }: PredictionChartOptions = {},
): Figure {
	const read = readPredictions(labels, predictions, classNames);
	const { judged, classes } = read;
	const counts = Array.from({ length: classes }, () =>
		new Array<number>(classes).fill(0),
	);
	for (const { label, said } of judged) {
		const row = counts[label] as number[];
		row[said] = (row[said] as number) + 1;
	}
	const names = [...(read.names ?? counts.map((_, label) => String(label)))];
	const axis = (title: string) => ({
		title: { text: title, standoff: 12 },
		type: "category" as const,
		showgrid: false,
		...(names.some((name) => shorten(name) !== name) && {
			tickvals: names,
			ticktext: names.map(shorten),
		}),
	});
	return {
		data: [
			{
				type: "heatmap",
				name: "Examples",
				x: names,
				y: names,
				z: counts,
				zmin: 0,
				colorscale: blues,
				showscale: false,
				xgap: 3,
				ygap: 3,
				texttemplate: "%{z}",
				textfont: { size: Math.max(9, Math.min(22, 30 - 2 * classes)) },
				hovertemplate: "%{y} taken for %{x}: %{z}<extra></extra>",
			},
		],
		layout: createLayout(title, {
			height: Math.max(400, 160 + 32 * classes),
			xaxis: axis("Predicted"),
			// As a table is read: the first label on top.
			yaxis: { ...axis("Label"), autorange: "reversed" },
		}),
	};
}

/** A name for an axis, which would leave no room for the matrix if it were much longer; the hover text has all of it. */
function shorten(name: string): string {
	const letters = [...unescapePlotly(name)];
	return letters.length > 24
		? escapePlotly(`${letters.slice(0, 23).join("")}…`)
		: name;
}
