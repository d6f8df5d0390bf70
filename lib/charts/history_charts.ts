import { TransferLearningError } from "../errors";
import type { History } from "../training/history";
import { createFigure } from "./figure";
import { mainMetric } from "./history_metrics";
import {
	epochAxis,
	line,
	metricAxis,
	metricTraces,
	valueAxis,
} from "./history_traces";
import { type ChartOptions, createLayout, type Figure } from "./theme";

/**
 * Plots accuracy and loss side by side against the epoch (from 1), with their validation values.
 *
 * Without accuracy, the first other metric is on the left; without any metric, the loss is shown alone. A star marks
 * the best epoch if the metric's name tells whether lower or higher is better.
 *
 * @param history what `fit` returned
 *
 * @example
 * ```ts
 * const history = await fit(model, trainBatches, { epochs: 10, validationData: testBatches });
 * show(historyChart(history, { title: 'Transfer learning' }));
 * ```
 */
export function historyChart(
	history: History,
	{ title }: ChartOptions = {},
): Figure {
	const metric = mainMetric(history);
	const epochs = epochAxis(history.seconds.length);
	const loss = metricTraces(history, "loss");
	const lossAxis = metricAxis(history, "loss");
	if (metric === undefined) {
		const layout = { xaxis: epochs, yaxis: lossAxis };
		return createFigure({ data: loss, layout: createLayout(title, layout) });
	}
	const right = { xaxis: "x2", yaxis: "y2", showlegend: false };
	return createFigure({
		data: [
			...metricTraces(history, metric),
			...loss.map((trace) => ({ ...trace, ...right })),
		],
		layout: createLayout(title, {
			xaxis: { ...epochs, domain: [0, 0.45] },
			yaxis: metricAxis(history, metric),
			xaxis2: { ...epochs, domain: [0.57, 1], anchor: "y2" },
			yaxis2: { ...lossAxis, anchor: "x2" },
		}),
	});
}

/** Options of `comparisonChart`. */
export interface ComparisonChartOptions extends ChartOptions {
	/**
	 * The metric to plot, by its name in the histories.
	 *
	 * @default the first of `val_accuracy`, `accuracy`, `val_loss` and `loss` that a run has values of
	 */
	readonly metric?: string;
}

/**
 * Plots one metric of several runs against the epoch (from 1), one line per run.
 *
 * @param runs histories by the names to show in the legend
 * @throws TransferLearningError if no run has the metric.
 *
 * @example
 * ```ts
 * show(comparisonChart({ transfer, 'from scratch': scratch }, { metric: 'val_loss' }));
 * ```
 */
export function comparisonChart(
	runs: Readonly<Record<string, History>>,
	{ title, ...options }: ComparisonChartOptions = {},
): Figure {
	const histories = Object.entries(runs);
	const hasValues = (metric: string) =>
		histories.some(([, history]) => (history[metric]?.length ?? 0) > 0);
	const defaults = ["val_accuracy", "accuracy", "val_loss"];
	const metric = options.metric ?? defaults.find(hasValues) ?? "loss";
	const known = new Set(histories.flatMap(([, run]) => Object.keys(run)));
	if (histories.length > 0 && !known.has(metric)) {
		throw new TransferLearningError(
			`No run has the metric ${metric}. Choose one of: ${[...known].join(", ")}.`,
		);
	}
	const lines = histories.map(([name, history]) => ({
		name,
		values: history[metric] ?? [],
	}));
	const longest = Math.max(0, ...lines.map(({ values }) => values.length));
	const all = lines.flatMap(({ values }) => values);
	return createFigure({
		data: lines.map(({ name, values }, i) =>
			values.length > 0 || longest === 0
				? line(name, values, i)
				: // Plotly's legend lists only traces that have a point.
					{ ...line(`${name} (no ${metric})`, [], i), x: [null], y: [null] },
		),
		layout: createLayout(title, {
			showlegend: true,
			xaxis: epochAxis(longest),
			yaxis: valueAxis(metric, metric.replace(/^val_/, "validation "), all),
		}),
	});
}
