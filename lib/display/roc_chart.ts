import type { Figure } from "./figure";
import { type PredictionChartOptions, pairLabels } from "./predictions";
import { rocCurve } from "./roc";
import { colorAt, createLayout } from "./theme";

/**
 * The share of label 1 that is found against the share of label 0 that is mistaken for it, as the threshold falls, with
 * the area under the curve (0–1).
 *
 * @param labels 0 or 1, both present
 * @param predictions as for `confusionChart`
 * @throws TransferLearningError if there are not as many labels as predictions, or one label alone.
 */
export function rocChart(
	labels: readonly number[],
	predictions: readonly ArrayLike<number>[],
	{ title, classNames = ["cat", "dog"] }: PredictionChartOptions = {},
): Figure {
	const { x, y, thresholds, area } = rocCurve(pairLabels(labels, predictions));
	const axis = { range: [-0.01, 1.01], tickformat: ".1f" };
	return {
		data: [
			{
				type: "scatter",
				mode: "lines",
				name: `Model, area ${area.toFixed(3)}`,
				x,
				y,
				text: thresholds.map((value) => value.toFixed(3)),
				line: { color: colorAt(0), width: 2.5, shape: "linear" },
				hovertemplate: "%{y:.3f} found, %{x:.3f} mistaken<br>threshold %{text}",
			},
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
			xaxis: {
				...axis,
				title: { text: `${classNames[0]} taken for ${classNames[1]}` },
			},
			yaxis: { ...axis, title: { text: `${classNames[1]} found` } },
		}),
	};
}
