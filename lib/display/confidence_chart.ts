import type { Figure } from "./figure";
import { type PredictionChartOptions, pairLabels } from "./predictions";
import { colorAt, createLayout } from "./theme";

/**
 * How sure a model is: examples by predicted probability of label 1, each label in its own colour.
 *
 * @param labels 0 or 1
 * @param predictions as for `confusionChart`
 * @throws TransferLearningError if there are not as many labels as predictions, or none.
 */
export function confidenceChart(
	labels: readonly number[],
	predictions: readonly ArrayLike<number>[],
	{ title, classNames = ["cat", "dog"] }: PredictionChartOptions = {},
): Figure {
	const pairs = pairLabels(labels, predictions);
	return {
		data: classNames.map((name, i) => ({
			type: "histogram",
			name,
			x: pairs.filter(({ label }) => label === i).map((p) => p.probability),
			// The last bin begins at 0.95 and holds 1 too.
			xbins: { start: 0, end: 1.0001, size: 0.05 },
			marker: { color: colorAt(i), pattern: { shape: i === 0 ? "" : "/" } },
			hovertemplate: "%{x}: %{y}",
		})),
		layout: createLayout(title, {
			barmode: "stack",
			xaxis: {
				title: { text: `Predicted probability of ${classNames[1]}` },
				range: [0, 1],
			},
			yaxis: { title: { text: "Examples" } },
		}),
	};
}
