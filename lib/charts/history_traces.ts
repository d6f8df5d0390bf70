import type { History } from "../training/history";
import { bestIndex, finite, nameMetric } from "./history_metrics";
import { escapePlotly } from "./plotly_text";
import { colorAt } from "./theme";

/** A line of the metric, one of its validation if there was any, and a star on the best epoch. */
export function metricTraces(history: History, metric: string) {
	const name = nameMetric(metric);
	const training = history[metric] ?? [];
	const validation = history[`val_${metric}`] ?? [];
	const judged = validation.length > 0 ? validation : training;
	const best = bestIndex(metric, judged);
	return [
		line(name, training, 0),
		...(validation.length > 0
			? [line(`Validation ${name}`, validation, 1)]
			: []),
		...(best === undefined ? [] : [bestEpoch(judged, best)]),
	];
}

/** A line through the epochs, with a gap where a value is not a number. */
export function line(name: string, values: readonly number[], color: number) {
	return {
		type: "scatter" as const,
		mode: "lines+markers" as const,
		name: escapePlotly(name),
		x: values.map((_, i) => i + 1),
		y: values.map((value) => (Number.isFinite(value) ? value : null)),
		line: { color: colorAt(color), width: 2.5 },
		// Told apart by more than their colours.
		marker: { symbol: color, size: 7 },
		// Whole markers, even on the edge.
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

/** The axis of a metric's values, whose title is `title`, and says what a gap means if there is one. */
export function valueAxis(
	metric: string,
	title: string,
	values: readonly number[],
) {
	const numbers = finite(values);
	const note = numbers.length < values.length ? " (gap: not a number)" : "";
	const text = { title: { text: escapePlotly(title + note) } };
	if (metric.endsWith("accuracy")) {
		// From a little below the least value to a little above 1, so that nothing looks like more than everything.
		const least = numbers.length > 0 ? Math.min(1, ...numbers) : 0;
		const range = [Math.max(-0.02, least - 0.05), 1.015];
		return { ...text, tickformat: ".2f", range };
	}
	return metric.endsWith("loss")
		? { ...text, rangemode: "tozero" as const }
		: text;
}

/** The axis of so many epochs, from 1. */
export function epochAxis(epochs: number) {
	// Whole epochs, and not so many labels that they overlap.
	const dtick = Math.max(1, Math.ceil(epochs / 10));
	const axis = {
		title: { text: "Epoch" },
		dtick,
		tick0: dtick === 1 ? 1 : 0,
	};
	// Around one epoch, or none, Plotly would number some that were not.
	return epochs > 1 ? axis : { ...axis, range: [0.5, 1.5] };
}
