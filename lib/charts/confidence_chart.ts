import { createFigure } from "./figure";
import { type Labels, nameLabel } from "./labels";
import { type PredictionChartOptions, readPredictions } from "./predictions";
import { colorAt, createLayout, type Figure } from "./theme";

/**
 * Plots how confident a model is, as a histogram with bins of 0.05.
 *
 * With two classes, it counts examples by the predicted probability of label 1, with one colour per label. With more, it
 * counts them by the probability of the predicted class, with one colour for right predictions and one for wrong ones.
 *
 * @param labels as for `confusionChart`
 * @param predictions as for `confusionChart`
 * @throws TransferLearningError as `confusionChart` does.
 *
 * @example
 * ```ts
 * show(confidenceChart(test, await predict(model, testBatches)));
 * ```
 */
export function confidenceChart(
	labels: Labels,
	predictions: readonly ArrayLike<number>[],
	{ title, classNames }: PredictionChartOptions = {},
): Figure {
	const read = readPredictions(labels, predictions, classNames);
	const { judged, classes, names } = read;
	const [xTitle, groups] =
		classes === 2
			? [
					`Predicted probability of ${nameLabel(1, names)}`,
					[0, 1].map((label) => ({
						name: nameLabel(label, names),
						x: judged
							.filter((one) => one.label === label)
							.map(({ probabilities }) => probabilities[1] as number),
					})),
				]
			: [
					"Probability of the predicted class",
					[true, false].map((right) => ({
						name: right ? "Right" : "Wrong",
						x: judged
							.filter(({ label, predicted }) => (label === predicted) === right)
							.map(({ confidence }) => confidence),
					})),
				];
	return createFigure({
		data: groups.map(({ name, x }, i) => ({
			type: "histogram",
			name,
			x,
			// A little above 1, so that the last bin includes 1.
			xbins: { start: 0, end: 1.0001, size: 0.05 },
			marker: { color: colorAt(i), pattern: { shape: i === 0 ? "" : "/" } },
			hovertemplate: "%{x}: %{y}",
		})),
		layout: createLayout(title, {
			barmode: "stack",
			xaxis: { title: { text: xTitle }, range: [0, 1] },
			yaxis: { title: { text: "Examples" } },
		}),
	});
}
