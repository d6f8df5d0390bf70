import { createFigure } from "./figure";
import type { Labels } from "./labels";
import { escapePlotly, unescapePlotly } from "./plotly_text";
import { type PredictionChartOptions, readPredictions } from "./predictions";
import { blues, createLayout, type Figure } from "./theme";

/**
 * Plots a confusion matrix: how many examples of each label (rows) the model predicted as which class (columns).
 *
 * @param labels class indices from 0, one-hot rows, or the unmapped data set itself, in the order of the predictions
 * @param predictions what `predict` returned: one row per example, with the probability of label 1 (from a sigmoid, which
 * predicts 1 from 0.5) or one probability per class (from a softmax)
 * @throws TransferLearningError if labels, predictions and names do not match, or if the data set is mapped.
 *
 * @example
 * ```ts
 * const predictions = await predict(model, test.map(preprocess).batch(32));
 * show(confusionChart(test, predictions));
 * ```
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
	for (const { label, predicted } of judged) {
		const row = counts[label] as number[];
		row[predicted] = (row[predicted] as number) + 1;
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
	return createFigure({
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
				hovertemplate: "%{y} predicted as %{x}: %{z}<extra></extra>",
			},
		],
		layout: createLayout(title, {
			height: Math.max(400, 160 + 32 * classes),
			xaxis: axis("Predicted"),
			// The first label on top, as in a table.
			yaxis: { ...axis("Label"), autorange: "reversed" },
		}),
	});
}

/** Shortens a name for an axis, to leave room for the matrix; the hover text has the full name. */
function shorten(name: string): string {
	const letters = [...unescapePlotly(name)];
	return letters.length > 24
		? escapePlotly(`${letters.slice(0, 23).join("")}…`)
		: name;
}
