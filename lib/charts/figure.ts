import { dataNote } from "../data_note";
import { type MimeBundle, makeDisplayable } from "../display";
import { formatFigure } from "./figure_text";
import { addSubtitle, type Figure } from "./theme";

/** Creates a figure that a notebook displays if a cell ends in it. */
export function createFigure(figure: Figure): Figure {
	return makeDisplayable(figure, formatBundle);
}

/**
 * The figure in several forms: Plotly's JSON for JupyterLab and VS Code, HTML for pages that nbconvert exports, and a table for
 * front ends that only show text. Each has the caveat about the data, if there is one.
 */
export function formatBundle(given: Figure): MimeBundle {
	const figure = withNote(given);
	const config = { displaylogo: false, ...figure.config };
	return {
		"application/vnd.plotly.v1+json": { ...figure, config },
		"text/html": formatHtml({ ...figure, config }),
		"text/plain": formatFigure(figure),
	};
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
	const id = `chart-${crypto.randomUUID()}`;
	// JupyterLab resizes charts itself; on an exported page plotly.js must do it.
	const responsive = { responsive: true, ...config };
	// A "<" could end the script element.
	const json = [data, layout, responsive]
		.map((part) => JSON.stringify(part).replaceAll("<", "\\u003c"))
		.join(", ");
	return `<div id="${id}"></div>
<script>Plotly.newPlot("${id}", ${json});</script>`;
}
