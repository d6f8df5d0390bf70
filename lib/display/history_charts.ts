import type { Data } from "plotly.js";
import type { History } from "../training/history";
import type { Figure } from "./figure";
import { type ChartOptions, colorAt, createLayout } from "./theme";

type Metric = "accuracy" | "loss";

const axisTitles = { accuracy: "Accuracy", loss: "Loss" } as const;

/** A chart of accuracy and validation accuracy (0–1) against the epoch (from 1), the best epoch marked. */
export function accuracyChart(
	history: History,
	options: ChartOptions = {},
): Figure {
	return metricChart(history, "accuracy", options);
}

/** A chart of loss and validation loss against the epoch (from 1), the best epoch marked. */
export function lossChart(
	history: History,
	options: ChartOptions = {},
): Figure {
	return metricChart(history, "loss", options);
}

/** Accuracy on the left and loss on the right, against the epoch (from 1), in one chart. */
export function historyChart(
	history: History,
	{ title }: ChartOptions = {},
): Figure {
	const right = { xaxis: "x2", yaxis: "y2", showlegend: false };
	const loss = metricTraces(history, "loss").map((trace) => ({
		...trace,
		...right,
	}));
	return {
		data: [...metricTraces(history, "accuracy"), ...loss],
		layout: createLayout(title, {
			xaxis: { ...epochAxis(history.accuracy ?? []), domain: [0, 0.45] },
			yaxis: accuracyAxis(history.accuracy ?? [], history.val_accuracy ?? []),
			xaxis2: {
				...epochAxis(history.accuracy ?? []),
				domain: [0.57, 1],
				anchor: "y2",
			},
			yaxis2: { ...lossAxis, anchor: "x2" },
		}),
	};
}

/**
 * A metric of several runs in one chart, a line each, named by the keys.
 *
 * @param metric default: `val_accuracy`
 */
export function comparisonChart(
	runs: Readonly<Record<string, History>>,
	{
		title,
		metric = "val_accuracy",
	}: ChartOptions & { readonly metric?: string } = {},
): Figure {
	const histories = Object.entries(runs);
	const longest = histories.reduce<readonly number[]>(
		(most, [, history]) => longer(most, history[metric] ?? []),
		[],
	);
	return {
		data: histories.map(([name, history], i) =>
			line(name, history[metric] ?? [], i),
		),
		layout: createLayout(title, {
			xaxis: epochAxis(longest),
			yaxis: {
				...(metric.endsWith("accuracy")
					? accuracyAxis(...histories.map(([, run]) => run[metric]))
					: lossAxis),
				title: { text: metric.replace("val_", "validation ") },
			},
		}),
	};
}

function metricChart(
	history: History,
	metric: Metric,
	{ title }: ChartOptions,
): Figure {
	return {
		data: metricTraces(history, metric),
		layout: createLayout(title, {
			xaxis: epochAxis(history.accuracy ?? []),
			yaxis:
				metric === "accuracy"
					? accuracyAxis(history.accuracy ?? [], history.val_accuracy ?? [])
					: lossAxis,
		}),
	};
}

/** A line of the metric, one of its validation if there was any, and a star on the best epoch. */
function metricTraces(history: History, metric: Metric): Partial<Data>[] {
	const name = axisTitles[metric];
	const validation = history[`val_${metric}`] ?? [];
	const judged = validation.length > 0 ? validation : (history[metric] ?? []);
	return [
		line(name, history[metric] ?? [], 0),
		...(validation.length > 0
			? [line(`Validation ${name}`, validation, 1)]
			: []),
		...(judged.length > 0 ? [bestEpoch(judged, metric)] : []),
	];
}

function line(name: string, values: readonly number[], color: number) {
	return {
		type: "scatter" as const,
		mode: "lines+markers" as const,
		name,
		x: values.map((_, i) => i + 1),
		y: [...values],
		line: { color: colorAt(color), width: 2.5 },
		// Told apart by more than their colours.
		marker: { symbol: color, size: 7 },
		// Whole markers, even on the edge.
		cliponaxis: false,
		hovertemplate: "epoch %{x}: %{y:.4f}",
	};
}

function bestEpoch(values: readonly number[], metric: Metric) {
	const best = metric === "loss" ? Math.min(...values) : Math.max(...values);
	const epoch = values.indexOf(best) + 1;
	return {
		type: "scatter" as const,
		mode: "markers" as const,
		name: "Best Epoch",
		x: [epoch],
		y: [best],
		cliponaxis: false,
		marker: {
			symbol: "star",
			size: 16,
			color: colorAt(4),
			line: { color: "#ffffff", width: 1 },
		},
		hovertemplate: `best: %{y:.4f} in epoch ${epoch}<extra></extra>`,
	};
}

/** From a little below the least value to a little above 1, so that nothing looks like more than everything. */
function accuracyAxis(...values: (readonly number[] | undefined)[]) {
	const least = Math.min(1, ...values.flatMap((some) => some ?? []));
	const range = [Math.max(-0.02, least - 0.05), 1.015];
	return { title: { text: "Accuracy" }, tickformat: ".2f", range };
}

const lossAxis = { title: { text: "Loss" }, rangemode: "tozero" as const };

function epochAxis(epochs: readonly unknown[]) {
	// Whole epochs, and not so many labels that they overlap.
	const dtick = Math.max(1, Math.ceil(epochs.length / 10));
	return { title: { text: "Epoch" }, dtick, tick0: dtick === 1 ? 1 : 0 };
}

function longer(a: readonly number[], b: readonly number[]) {
	return b.length > a.length ? b : a;
}
