import sharp from "sharp";
import { toOneLine } from "../text";

/** Sans-serif fonts of Linux, macOS and Windows. */
export const fontFamily = "DejaVu Sans, Helvetica, Arial, sans-serif";

/** Creates an SVG text element whose baseline starts at `x`, `y`. */
export function svgText(
	text: string,
	x: number,
	y: number,
	attributes = "",
): string {
	return (
		text && `<text x="${x}" y="${y}" ${attributes}>${escapeXml(text)}</text>`
	);
}

/** Escapes a text for XML or HTML, on one line. Characters that XML does not allow become �. */
export function escapeXml(text: string): string {
	return toOneLine(text)
		.replace(/[\p{Cs}\ufffe\uffff]/gu, "\ufffd")
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;")
		.replaceAll('"', "&quot;")
		.replaceAll("'", "&#39;");
}

let fonts: Promise<boolean> | undefined;

/** Whether sharp finds a font on this machine: without one, all letters are missing or drawn as the same box. */
export function hasFonts(): Promise<boolean> {
	fonts ??= Promise.all(["iii", "MMM"].map(render)).then(
		([thin, wide]) => !(thin as Buffer).equals(wide as Buffer),
	);
	return fonts;
}

function render(text: string): Promise<Buffer> {
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="24" font-family="${fontFamily}">${svgText(text, 2, 18)}</svg>`;
	return sharp(Buffer.from(svg)).raw().toBuffer();
}
