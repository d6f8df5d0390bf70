import type { History } from "../training/history";
import { bestIndex, finite, nameMetric } from "./history_metrics";
import { escapePlotly } from "./plotly_text";
import { colorAt } from "./theme";

/** The metric's line, its validation line if there is one, and a star on the best epoch. */
export function metricTraces(history: History, metric: string) {
	const name = nameMetric(metric);
	const training = history[metric] ?? [];
	const validation = history[`val_${metric}`] ?? [];
	const traces = [line(name, training, 0)];
	if (validation.length > 0) {
		traces.push(line(`Validation ${name}`, validation, 1));
	}
	const judged = validation.length > 0 ? validation : training;
	const best = bestIndex(metric, judged);
	return best === undefined ? traces : [...traces, bestEpoch(judged, best)];
}

/** A line over the epochs, with a gap where a value is not finite. */
export function line(name: string, values: readonly number[], color: number) {
	return {
		type: "scatter" as const,
		mode: "lines+markers" as const,
		name: escapePlotly(name),
		x: values.map((_, i) => i + 1),
		y: values.map((value) => (Number.isFinite(value) ? value : null)),
		line: { color: colorAt(color), width: 2.5 },
		// Lines must differ in more than colour.
		marker: { symbol: color, size: 7 },
		// Draws markers on the edge in full.
		cliponaxis: false,
		hovertemplate: "epoch %{x}: %{y:.4~g}",
	};
}

function bestEpoch(values: readonly number[], index: number) {
	const epoch = index + 1;
	return {
		type: "scatter" as const,
		mode: "markers" as const,
		name: "Best Epoch",
		x: [epoch],
		y: [values[index] as number],
		cliponaxis: false,
		marker: {
			symbol: "star",
			size: 16,
			color: colorAt(4),
			line: { color: "#ffffff", width: 1 },
		},
		hovertemplate: `best: %{y:.4~g} in epoch ${epoch}<extra></extra>`,
	};
}

/** The axis of a metric and its validation values. */
export function metricAxis(history: History, metric: string) {
	const validation = history[`val_${metric}`] ?? [];
	const values = [...(history[metric] ?? []), ...validation];
	return valueAxis(metric, nameMetric(metric), values);
}

/** The axis of a metric's values; its title explains gaps if there are any. */
export function valueAxis(
	metric: string,
	title: string,
	values: readonly number[],
) {
	const numbers = finite(values);
	const note = numbers.length < values.length ? " (gap: not a number)" : "";
	const text = { title: { text: escapePlotly(title + note) } };
	if (metric.endsWith("accuracy")) {
		// A margin below the lowest value, and a small one above 1, where accuracy ends.
		const least = numbers.length > 0 ? Math.min(1, ...numbers) : 0;
		const range = [Math.max(-0.02, least - 0.05), 1.015];
		return { ...text, tickformat: ".2f", range };
	}
	return metric.endsWith("loss")
		? { ...text, rangemode: "tozero" as const }
		: text;
}

/** An axis for this number of epochs, from 1. */
export function epochAxis(epochs: number) {
	// Whole epochs, with about ten labels, so that they do not overlap.
	const dtick = Math.max(1, Math.ceil(epochs / 10));
	const axis = {
		title: { text: "Epoch" },
		dtick,
		tick0: dtick === 1 ? 1 : 0,
	};
	// With one epoch or none, Plotly would label epochs that do not exist.
	return epochs > 1 ? axis : { ...axis, range: [0.5, 1.5] };
}
