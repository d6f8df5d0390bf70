import type { Label } from "../dataset/example";
import { createFigure } from "./figure";
import { type Labels, nameLabel, readLabels, toClass } from "./labels";
import { escapePlotly } from "./plotly_text";
import type { PredictionChartOptions } from "./predictions";
import { colorAt, createLayout, type Figure } from "./theme";

/**
 * Plots the number of examples of each label, one bar per label.
 *
 * @param counted counts by name, as `countLabels` returns them; or labels or an unmapped data set to count
 * @throws TransferLearningError if the data set is mapped.
 *
 * @example
 * ```ts
 * show(labelChart(train, { title: 'Training data' }));
 * ```
 */
export function labelChart(
	counted: Readonly<Record<string, number>> | Labels,
	{ title, classNames }: PredictionChartOptions = {},
): Figure {
	const counts = isLabels(counted)
		? countByName(counted, classNames)
		: new Map(Object.entries(counted));
	const values = [...counts.values()];
	return createFigure({
		data: [
			{
				type: "bar",
				name: "Examples",
				x: [...counts.keys()].map(escapePlotly),
				y: values,
				text: values.map(String),
				textposition: "auto",
				marker: { color: values.map((_, i) => colorAt(i)) },
				hovertemplate: "%{x}: %{y}<extra></extra>",
			},
		],
		layout: createLayout(title, {
			xaxis: { title: { text: "Label" }, type: "category" },
			yaxis: { title: { text: "Examples" }, rangemode: "tozero" },
			showlegend: false,
		}),
	});
}

function countByName(
	from: Labels,
	classNames: readonly string[] | undefined,
): Map<string, number> {
	const read = readLabels(from);
	const names = classNames ?? read.classNames ?? [];
	const counts = new Map(names.map((name) => [name, 0]));
	const place = (label: Label) => toClass(label) ?? Number.MAX_VALUE;
	const sorted = [...read.labels].sort((a, b) => place(a) - place(b));
	for (const label of sorted) {
		const name = nameLabel(label, names);
		counts.set(name, (counts.get(name) ?? 0) + 1);
	}
	return counts;
}

// A class may have any name, even `items`, but its count is never a function.
function isLabels(
	counted: Readonly<Record<string, number>> | Labels,
): counted is Labels {
	return (
		Array.isArray(counted) ||
		("items" in counted && typeof counted.items === "function")
	);
}
