import { TransferLearningError } from "../errors";
import type { History } from "../training/history";
import type { Figure } from "./figure";
import { mainMetric, nameMetric, otherMetrics } from "./history_metrics";
import { epochAxis, line, metricTraces, valueAxis } from "./history_traces";
import { type ChartOptions, createLayout } from "./theme";

/**
 * A chart of accuracy and validation accuracy (0–1) against the epoch (from 1), the best epoch marked.
 *
 * @throws TransferLearningError if the history has no accuracy.
 */
export function accuracyChart(
	history: History,
	options: ChartOptions = {},
): Figure {
	if (!history.accuracy) {
		throw new TransferLearningError(
			`This history has no accuracy, as the model was compiled without it. Compile it with metrics: ['accuracy'] before fit, or show lossChart(history) or historyChart(history). It has: ${["loss", ...otherMetrics(history)].join(", ")}.`,
		);
	}
	return metricChart(history, "accuracy", options);
}

/** A chart of loss and validation loss against the epoch (from 1), the best epoch marked. */
export function lossChart(
	history: History,
	options: ChartOptions = {},
): Figure {
	return metricChart(history, "loss", options);
}

/**
 * Accuracy on the left and loss on the right, against the epoch (from 1), in one chart. Without accuracy the first
 * other metric is on the left, and without any the loss is alone. The best epoch is marked where a metric's name tells
 * what is better.
 */
export function historyChart(
	history: History,
	options: ChartOptions = {},
): Figure {
	const metric = mainMetric(history);
	if (metric === undefined) return lossChart(history, options);
	const right = { xaxis: "x2", yaxis: "y2", showlegend: false };
	const loss = metricTraces(history, "loss").map((trace) => ({
		...trace,
		...right,
	}));
	const epochs = epochAxis(history.seconds.length);
	return {
		data: [...metricTraces(history, metric), ...loss],
		layout: createLayout(options.title, {
			xaxis: { ...epochs, domain: [0, 0.45] },
			yaxis: metricAxis(history, metric),
			xaxis2: { ...epochs, domain: [0.57, 1], anchor: "y2" },
			yaxis2: { ...metricAxis(history, "loss"), anchor: "x2" },
		}),
	};
}

/**
 * A metric of several runs in one chart, a line each, named by the keys.
 *
 * @param metric default: the first of `val_accuracy`, `accuracy`, `val_loss` and `loss` of which a run has values
 * @throws TransferLearningError if no run has the metric.
 */
export function comparisonChart(
	runs: Readonly<Record<string, History>>,
	{ title, ...options }: ChartOptions & { readonly metric?: string } = {},
): Figure {
	const histories = Object.entries(runs);
	const hasValues = (metric: string) =>
		histories.some(([, history]) => (history[metric]?.length ?? 0) > 0);
	const defaults = ["val_accuracy", "accuracy", "val_loss"];
	const metric = options.metric ?? defaults.find(hasValues) ?? "loss";
	const known = new Set(histories.flatMap(([, run]) => Object.keys(run)));
	if (histories.length > 0 && !known.has(metric)) {
		throw new TransferLearningError(
			`No run has the metric ${metric}. Take one of: ${[...known].join(", ")}.`,
		);
	}
	const lines = histories.map(([name, history]) => ({
		name,
		values: history[metric] ?? [],
	}));
	const longest = Math.max(0, ...lines.map(({ values }) => values.length));
	const all = lines.flatMap(({ values }) => values);
	return {
		data: lines.map(({ name, values }, i) =>
			values.length > 0 || longest === 0
				? line(name, values, i)
				: // Plotly lists in the legend only what has a point.
					{ ...line(`${name} (no ${metric})`, [], i), x: [null], y: [null] },
		),
		layout: createLayout(title, {
			showlegend: true,
			xaxis: epochAxis(longest),
			yaxis: valueAxis(metric, metric.replace(/^val_/, "validation "), all),
		}),
	};
}

function metricChart(
	history: History,
	metric: string,
	{ title }: ChartOptions,
): Figure {
	return {
		data: metricTraces(history, metric),
		layout: createLayout(title, {
			xaxis: epochAxis(history[metric]?.length ?? 0),
			yaxis: metricAxis(history, metric),
		}),
	};
}

function metricAxis(history: History, metric: string) {
	const validation = history[`val_${metric}`] ?? [];
	const values = [...(history[metric] ?? []), ...validation];
	return valueAxis(metric, nameMetric(metric), values);
}
