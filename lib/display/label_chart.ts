import type { Figure } from "./figure";
import { type ChartOptions, colorAt, createLayout } from "./theme";

/** A bar for each label's count, as `countLabels` gives them. */
export function labelChart(
	counts: Readonly<Record<string, number>>,
	{ title }: ChartOptions = {},
): Figure {
	const values = Object.values(counts);
	return {
		data: [
			{
				type: "bar",
				name: "Examples",
				x: Object.keys(counts),
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
	};
}
