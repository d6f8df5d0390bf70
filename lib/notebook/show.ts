import type { EncodedImage, Figure } from "../charts/figure";
import { formatFigure } from "../charts/figure_text";
import { addSubtitle } from "../charts/theme";
import { dataNote } from "../sources/data_note";
import { displayInNotebook, uniqueElementId } from "./tslab";

/**
 * Shows a Plotly figure or an image under the cell that is running.
 *
 * A figure goes out as one bundle: Plotly's JSON for JupyterLab and VS Code, HTML for pages that nbconvert makes,
 * and a table for whatever shows text only. Outside a notebook the text is printed.
 */
export function show(shown: Figure | EncodedImage): void {
	const isImage = "bytes" in shown;
	if (!(isImage ? showImage(shown) : showFigure(withNote(shown)))) {
		console.log(isImage ? shown.text : formatFigure(withNote(shown)));
	}
}

function showImage({
	bytes,
	type,
	text,
	title,
	labelled,
}: EncodedImage): boolean {
	const shown = displayInNotebook(
		{ [type]: bytes.toString("base64"), "text/plain": text },
		{ [type]: { alt: title } },
	);
	if (shown && !labelled) {
		console.log(`This machine has no font to label images with.\n${text}`);
	}
	return shown;
}

function showFigure(figure: Figure): boolean {
	const { data, layout, config } = figure;
	const shown = {
		data,
		layout,
		config: { displaylogo: false, ...config },
	};
	return displayInNotebook({
		"application/vnd.plotly.v1+json": shown,
		"text/html": formatHtml(shown),
		"text/plain": formatFigure(figure),
	});
}

/** The figure with what every result has to tell of its data under its title. */
function withNote(figure: Figure): Figure {
	const note = dataNote();
	return note === undefined
		? figure
		: { ...figure, layout: addSubtitle(figure.layout, note) };
}

/** The figure as a fragment for a page that has loaded plotly.js. */
function formatHtml({ data, layout, config }: Figure): string {
	const id = uniqueElementId();
	// JupyterLab resizes its charts itself; here plotly.js has to.
	const responsive = { responsive: true, ...config };
	// A "<" inside a script could end it.
	const json = [data, layout, responsive]
		.map((part) => JSON.stringify(part).replaceAll("<", "\\u003c"))
		.join(", ");
	return `<div id="${id}"></div>
<script>Plotly.newPlot("${id}", ${json});</script>`;
}
