import type { Layout } from "plotly.js";

/** Okabe and Ito's palette, which the colour-blind can tell apart (https://jfly.uni-koeln.de/color/). Its yellow is left out: it is too pale for lines. */
export const palette = [
	"#0072B2", // blue
	"#D55E00", // vermilion
	"#009E73", // bluish green
	"#CC79A7", // reddish purple
	"#E69F00", // orange
	"#56B4E9", // sky blue
] as const;

/** White to the palette's blue, for amounts. */
export const blues: [number, string][] = [
	[0, "#e6f1f8"],
	[1, palette[0]],
];

// A grey whose contrast is above 4 : 1 both on white and on JupyterLab's dark #111.
const grey = "#7a7a7a";
const gridGrey = "rgba(128, 128, 128, 0.25)";

/** The i-th colour of the palette, from its start again after the last. */
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

/** How a chart is captioned. */
export interface ChartOptions {
	/** Default: none. */
	readonly title?: string;
}

/** Makes a layout readable on a light page and on a dark one. */
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

/** Puts a line under a layout's title, or in its place where there is none, and makes room for it. */
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
		// Plotly's own margin is 100.
		margin: { ...margin, t: (margin?.t ?? 100) + room },
		title: title?.text
			? { ...title, subtitle: { text } }
			: { ...titlePlace, text, font: { size: 13 } },
	};
}
