import { randomUUID } from "node:crypto";
import { formatFigure } from "../charts/figure_text";
import { addSubtitle, type Figure } from "../charts/theme";
import { dataNote } from "../sources/data_note";
import type { EncodedImage } from "./image_grid";
import { displayInNotebook } from "./tslab";

/**
 * Shows a Plotly figure or an image below the running cell, or prints its text outside a notebook.
 *
 * A figure is sent in several forms: Plotly's JSON for JupyterLab and VS Code, HTML for pages that nbconvert exports, and
 * a table for front ends that only show text.
 *
 * @param shown a chart, or what `imageGrid` returned
 *
 * @example
 * ```ts
 * show(historyChart(history));
 * show(await imageGrid(train));
 * ```
 */
export function show(shown: Figure | EncodedImage): void {
	if ("bytes" in shown) showImage(shown);
	else showFigure(withNote(shown));
}

function showImage({ bytes, type, text, title, labelled }: EncodedImage): void {
	const shown = displayInNotebook(
		{ [type]: bytes.toString("base64"), "text/plain": text },
		{ [type]: { alt: title } },
	);
	if (!shown) console.log(text);
	else if (!labelled) {
		console.log(`This machine has no font to label images with.\n${text}`);
	}
}

function showFigure(figure: Figure): void {
	const config = { displaylogo: false, ...figure.config };
	const bundle = {
		"application/vnd.plotly.v1+json": { ...figure, config },
		"text/html": formatHtml({ ...figure, config }),
		"text/plain": formatFigure(figure),
	};
	if (!displayInNotebook(bundle)) console.log(bundle["text/plain"]);
}

/** Adds the caveat about the data below the figure's title, if there is one. */
function withNote(figure: Figure): Figure {
	const note = dataNote();
	return note === undefined
		? figure
		: { ...figure, layout: addSubtitle(figure.layout, note) };
}

/** The figure as HTML for a page that has loaded plotly.js. */
function formatHtml({ data, layout, config }: Figure): string {
	const id = `chart-${randomUUID()}`;
	// JupyterLab resizes charts itself; on an exported page plotly.js must do it.
	const responsive = { responsive: true, ...config };
	// A "<" could end the script element.
	const json = [data, layout, responsive]
		.map((part) => JSON.stringify(part).replaceAll("<", "\\u003c"))
		.join(", ");
	return `<div id="${id}"></div>
<script>Plotly.newPlot("${id}", ${json});</script>`;
}
