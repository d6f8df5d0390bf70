import type { Figure } from "./figure";
import { type PredictionChartOptions, pairLabels } from "./predictions";
import { blues, createLayout } from "./theme";

/**
 * How many examples of each label (rows) were taken for which (columns).
 *
 * @param labels 0 or 1
 * @param predictions what `predict` gives for one sigmoid: a row with the probability of label 1 for each example;
 * at 0.5 and above it says 1
 * @throws TransferLearningError if there are not as many labels as predictions, or none.
 */
export function confusionChart(
	labels: readonly number[],
	predictions: readonly ArrayLike<number>[],
	{ title, classNames = ["cat", "dog"] }: PredictionChartOptions = {},
): Figure {
	const counts = [
		[0, 0],
		[0, 0],
	];
	for (const { label, probability } of pairLabels(labels, predictions)) {
		const row = counts[label] as number[];
		const said = probability >= 0.5 ? 1 : 0;
		row[said] = (row[said] as number) + 1;
	}
	const names = [...classNames];
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
				textfont: { size: 22 },
				hovertemplate: "%{y} taken for %{x}: %{z}<extra></extra>",
			},
		],
		layout: createLayout(title, {
			xaxis: {
				title: { text: "Predicted" },
				type: "category",
				showgrid: false,
			},
			// As a table is read: the first label on top.
			yaxis: {
				title: { text: "Label" },
				type: "category",
				autorange: "reversed",
				showgrid: false,
			},
		}),
	};
}
