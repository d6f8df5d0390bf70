import type { Figure } from "./figure";
import { type Labels, nameLabel } from "./labels";
import { type PredictionChartOptions, readPredictions } from "./predictions";
import { colorAt, createLayout } from "./theme";

/**
 * How sure a model is, as a histogram. Of two classes: examples by the predicted probability of label 1, each label in its
 * own colour. Of more: examples by the probability of the class that is predicted, right and wrong ones apart.
 *
 * @param labels as for `confusionChart`
 * @param predictions as for `confusionChart`
 * @throws TransferLearningError as `confusionChart`.
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
							.filter(({ label, said }) => (label === said) === right)
							.map(({ confidence }) => confidence),
					})),
				];
	return {
		data: groups.map(({ name, x }, i) => ({
			type: "histogram",
			name,
			x,
			// The last bin begins at 0.95 and holds 1 too.
			xbins: { start: 0, end: 1.0001, size: 0.05 },
			marker: { color: colorAt(i), pattern: { shape: i === 0 ? "" : "/" } },
			hovertemplate: "%{x}: %{y}",
		})),
		layout: createLayout(title, {
			barmode: "stack",
			xaxis: { title: { text: xTitle }, range: [0, 1] },
			yaxis: { title: { text: "Examples" } },
		}),
	};
}
