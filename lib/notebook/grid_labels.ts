import { palette } from "../charts/theme";
import type { Caption } from "./grid_captions";
import { fontFamily, svgText } from "./svg_text";

/** Pixels between images. */
export const gap = 12;
const lineHeight = 18;

/** The height of so many lines above the images, in pixels: the first is a title. */
export function headingHeight(lines: number): number {
	return lines === 0 ? 0 : 40 + (lines - 1) * lineHeight;
}

/** The height of an image with the lines below it, in pixels. */
export function cellHeight(size: number, hasPrediction: boolean): number {
	return size + 8 + lineHeight * (hasPrediction ? 2 : 1);
}

/** A caption, and where its image is. */
export interface PlacedCaption {
	readonly caption: Caption;
	readonly left: number;
	readonly top: number;
	/** Whether to write its lines. */
	readonly labelled: boolean;
}

/**
 * Draws the headings, the lines below the images, and frames, ticks and crosses around them, as SVG.
 *
 * @param headings lines above the images; the first is a title
 */
export function drawLabels(
	{ width, height }: { width: number; height: number },
	headings: readonly string[],
	size: number,
	captions: readonly PlacedCaption[],
): string {
	const title = headings.map((line, i) =>
		i === 0
			? svgText(line, gap, 29, 'font-size="19" font-weight="bold"')
			: svgText(
					cut(line, width - 2 * gap),
					gap,
					30 + i * lineHeight,
					'font-size="14"',
				),
	);
	const marks = captions.map(({ caption, left, top, labelled }) => {
		const lines = labelled ? caption.lines : [];
		const texts = lines.map((line, i) =>
			svgText(
				cut(line, size),
				left,
				top + size + (i + 1) * lineHeight,
				'font-size="14"',
			),
		);
		return texts.join("") + drawVerdict(caption, left, top, size);
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="${fontFamily}" fill="#222222">${title.join("")}${marks.join("")}</svg>`;
}

/** A frame and a badge: unbroken with a tick where the prediction is right, broken with a cross where it is wrong. */
function drawVerdict(
	{ right }: Caption,
	left: number,
	top: number,
	size: number,
): string {
	if (right === undefined) return "";
	const [color, dash, path] = right
		? [palette[0], "none", "M-6 0 L-2 5 L6 -5"]
		: [palette[1], "9 5", "M-5 -5 L5 5 M5 -5 L-5 5"];
	const [x, y] = [left + size - 15, top + 15];
	return `<rect x="${left + 2}" y="${top + 2}" width="${size - 4}" height="${size - 4}" fill="none" stroke="${color}" stroke-width="4" stroke-dasharray="${dash}"/>
<circle cx="${x}" cy="${y}" r="12" fill="${color}" stroke="#ffffff" stroke-width="2"/>
<path d="${path}" transform="translate(${x} ${y})" fill="none" stroke="#ffffff" stroke-width="3"/>`;
}

/** Shortens a line to a width in pixels, between two letters as a reader counts them. */
function cut(line: string, width: number): string {
	const letters = Array.from(segmenter.segment(line), ({ segment }) => segment);
	let left = width + gap;
	for (const [i, letter] of letters.entries()) {
		// A letter takes about 8 pixels of 14, an emoji or an ideograph about 18.
		left -= letter.length > 1 || letter > "\u2e7f" ? 18 : 8;
		if (left < 0) return `${letters.slice(0, Math.max(0, i - 1)).join("")}…`;
	}
	return line;
}

const segmenter = new Intl.Segmenter();
