import type { Config, Data, Layout } from "plotly.js";
import type { Displayable } from "../display";

/** A plain Plotly figure, as `Plotly.newPlot` takes it. This library's charts also display themselves in a notebook. */
export interface Figure extends Partial<Displayable> {
	/** The traces. */
	readonly data: readonly Partial<Data>[];
	readonly layout: Partial<Layout>;
	/** @default Plotly's own, without its logo */
	readonly config?: Partial<Config>;
}

/** Okabe and Ito's colour-blind-safe palette (https://jfly.uni-koeln.de/color/), without its yellow, which is too pale for lines. */
export const palette = [
	"#0072B2", // blue
	"#D55E00", // vermilion
	"#009E73", // bluish green
	"#CC79A7", // reddish purple
	"#E69F00", // orange
	"#56B4E9", // sky blue
] as const;

/** A colour scale for counts, from near white to the palette's blue. */
export const blues: [number, string][] = [
	[0, "#e6f1f8"],
	[1, palette[0]],
];

// Its contrast is above 4:1 both on white and on JupyterLab's dark #111.
const grey = "#7a7a7a";
const gridGrey = "rgba(128, 128, 128, 0.25)";

/** The palette's colour at this index, repeating after the last one. */
export function colorAt(index: number): string {
	return palette[index % palette.length] as string;
}

const titlePlace = {
	x: 0,
	xref: "paper",
	y: 1,
	yref: "container",
	yanchor: "top",
	pad: { t: 14 },
} as const;

/** Options of every chart. */
export interface ChartOptions {
	/**
	 * The line above the chart, in which Plotly reads simple HTML such as `<b>`.
	 *
	 * @default undefined, for none
	 */
	readonly title?: string;
}

/** Completes a layout so that it is readable on light and dark pages. */
export function createLayout(
	title: string | undefined,
	layout: Partial<Layout>,
): Partial<Layout> {
	const axes = Object.entries(layout).map(([name, value]) =>
		/^[xy]axis\d*$/.test(name)
			? [
					name,
					{
						gridcolor: gridGrey,
						zeroline: false,
						automargin: true,
						...(value as object),
					},
				]
			: [name, value],
	);
	return {
		height: 400,
		margin: { t: title === undefined ? 48 : 88, r: 24, b: 56, l: 64 },
		legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
		paper_bgcolor: "rgba(0, 0, 0, 0)",
		plot_bgcolor: "rgba(0, 0, 0, 0)",
		font: { color: grey, size: 14 },
		hoverlabel: { font: { color: "#ffffff" } },
		...Object.fromEntries(axes),
		...(title === undefined
			? {}
			: { title: { ...titlePlace, text: title, font: { size: 18 } } }),
	};
}

/** Adds a line below the title, or in its place if there is none, and makes room for it. */
export function addSubtitle(
	layout: Partial<Layout>,
	text: string,
): Partial<Layout> {
	const room = 24;
	const { height, margin } = layout;
	const title =
		typeof layout.title === "string" ? { text: layout.title } : layout.title;
	return {
		...layout,
		...(height === undefined ? {} : { height: height + room }),
		// Plotly's default margin is 100.
		margin: { ...margin, t: (margin?.t ?? 100) + room },
		title: title?.text
			? { ...title, subtitle: { text } }
			: { ...titlePlace, text, font: { size: 13 } },
	};
}
