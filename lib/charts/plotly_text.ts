import { toOneLine } from "../text";

const entities = [
	["&", "&amp;"],
	["<", "&lt;"],
	[">", "&gt;"],
	// Two of them would make a formula.
	["$", "&#36;"],
] as const;

/** Makes a name stand for itself in the text of a chart, on one line: Plotly reads a little HTML, and formulas. */
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
