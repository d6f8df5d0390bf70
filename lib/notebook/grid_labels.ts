import { palette } from "../charts/theme";
import { fontFamily, svgText } from "./svg_text";

/** Pixels between images. */
export const gap = 12;
const lineHeight = 18;

/** The height of this many lines above the images, in pixels; the first one is the title. */
export function headingHeight(lines: number): number {
	return lines === 0 ? 0 : 40 + (lines - 1) * lineHeight;
}

/** The height of an image and the lines below it, in pixels. */
export function cellHeight(size: number, hasPrediction: boolean): number {
	return size + 8 + lineHeight * (hasPrediction ? 2 : 1);
}

/** The lines below an image, and the mark on it. */
export interface Caption {
	readonly lines: readonly string[];
	/** Whether the prediction is right; undefined if there is none. */
	readonly right: boolean | undefined;
	/** The image's left edge, in pixels. */
	readonly left: number;
	/** The image's upper edge, in pixels. */
	readonly top: number;
}

/**
 * Draws headings, captions, and the frames, ticks and crosses that mark predictions, as SVG.
 *
 * @param headings lines above the images; the first one is the title
 * @param size width and height of an image, in pixels
 */
export function drawLabels(
	{ width, height }: { width: number; height: number },
	headings: readonly string[],
	size: number,
	captions: readonly Caption[],
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
	const marks = captions.map((caption) => {
		const bottom = caption.top + size;
		const texts = caption.lines.map((line, i) =>
			svgText(
				cut(line, size),
				caption.left,
				bottom + (i + 1) * lineHeight,
				'font-size="14"',
			),
		);
		return texts.join("") + drawVerdict(caption, size);
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="${fontFamily}" fill="#222222">${title.join("")}${marks.join("")}</svg>`;
}

/** A solid frame and a tick for a right prediction, a dashed frame and a cross for a wrong one. */
function drawVerdict({ right, left, top }: Caption, size: number): string {
	if (right === undefined) return "";
	const [color, dash, path] = right
		? [palette[0], "none", "M-6 0 L-2 5 L6 -5"]
		: [palette[1], "9 5", "M-5 -5 L5 5 M5 -5 L-5 5"];
	const [x, y] = [left + size - 15, top + 15];
	return `<rect x="${left + 2}" y="${top + 2}" width="${size - 4}" height="${size - 4}" fill="none" stroke="${color}" stroke-width="4" stroke-dasharray="${dash}"/>
<circle cx="${x}" cy="${y}" r="12" fill="${color}" stroke="#ffffff" stroke-width="2"/>
<path d="${path}" transform="translate(${x} ${y})" fill="none" stroke="#ffffff" stroke-width="3"/>`;
}

/** Shortens a line to a width in pixels, without splitting a character that consists of several code points. */
function cut(line: string, width: number): string {
	const segments = new Intl.Segmenter().segment(line);
	const letters = Array.from(segments, ({ segment }) => segment);
	let left = width + gap;
	for (const [i, letter] of letters.entries()) {
		// At font size 14, a letter is about 8 pixels wide, an emoji or an ideograph about 18.
		left -= letter.length > 1 || letter > "\u2e7f" ? 18 : 8;
		if (left < 0) return `${letters.slice(0, Math.max(0, i - 1)).join("")}…`;
	}
	return line;
}
