import type { Caption } from "./grid_captions";
import { fontFamily, svgText } from "./svg_text";
import { palette } from "./theme";

/** Pixels between pictures. */
export const gap = 12;
/** Pixels that the heading takes. */
export const titleHeight = 40;
const lineHeight = 18;

/** The height of a picture with the lines below it, in pixels. */
export function cellHeight(size: number, hasPrediction: boolean): number {
	return size + 8 + lineHeight * (hasPrediction ? 2 : 1);
}

/** A caption, and where its picture is. */
export interface PlacedCaption {
	readonly caption: Caption;
	readonly left: number;
	readonly top: number;
	/** Whether to write its lines. */
	readonly labelled: boolean;
}

/** Draws the heading, the lines below the pictures, and frames, ticks and crosses around them, as SVG. */
export function drawLabels(
	{ width, height }: { width: number; height: number },
	heading: string,
	size: number,
	captions: readonly PlacedCaption[],
): string {
	const title = svgText(heading, gap, 29, 'font-size="19" font-weight="bold"');
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
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="${fontFamily}" fill="#222222">${title}${marks.join("")}</svg>`;
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

/** Shortens a line to a picture's width: a letter takes about 8 pixels. */
function cut(line: string, width: number): string {
	const most = Math.max(1, Math.floor((width + gap) / 8));
	return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
