import { formatBundle } from "../charts/figure";
import type { Figure } from "../charts/theme";
import { type EncodedImage, formatImage } from "./image_grid";
import { displayInNotebook } from "./tslab";

/**
 * Shows a Plotly figure or an image below the running cell, or prints its text outside a notebook.
 *
 * A cell that ends in a chart or an image of this library shows it without this function.
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
	else showFigure(shown);
}

function showImage(image: EncodedImage): void {
	const { type, text, title, labelled } = image;
	const metadata = { [type]: { alt: title } };
	const shown = displayInNotebook(formatImage(image), metadata);
	if (!shown) console.log(text);
	else if (!labelled) {
		console.log(`This machine has no font to label images with.\n${text}`);
	}
}

function showFigure(figure: Figure): void {
	const bundle = formatBundle(figure);
	if (!displayInNotebook(bundle)) console.log(bundle["text/plain"]);
}
