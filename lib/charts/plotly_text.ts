import { toOneLine } from "../text";

const entities = [
	["&", "&amp;"],
	["<", "&lt;"],
	[">", "&gt;"],
	// Plotly reads text between two of them as a formula.
	["$", "&#36;"],
] as const;

/** Escapes a name for the text of a chart, on one line: Plotly reads simple HTML and formulas in it. */
export function escapePlotly(name: string): string {
	return entities.reduce(
		(text, [letter, entity]) => text.replaceAll(letter, entity),
		toOneLine(name),
	);
}

/** Undoes `escapePlotly`. */
export function unescapePlotly(text: string): string {
	return entities.reduceRight(
		(text, [letter, entity]) => text.replaceAll(entity, letter),
		text,
	);
}
