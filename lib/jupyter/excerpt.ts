import type { Place } from "./cell";
import { red } from "./colors";

/** Shows a place in a cell with the lines around it. */
export function formatExcerpt(
	code: string,
	{ line, column }: Place,
	length = 1,
): string {
	const lines = code.split("\n");
	const first = Math.max(1, line - 2);
	const shown = lines.slice(first - 1, line + 2).flatMap((text, i) => {
		const number = String(first + i).padStart(4);
		if (first + i !== line) return `  ${number} | ${text}`;
		// Tabs are kept, so that the mark is below its column.
		const indent = text.slice(0, column - 1).replace(/[^\t]/g, " ");
		const rest = text.length - column + 1;
		const mark = "^".repeat(Math.max(1, Math.min(length, rest)));
		return [
			`${red(">")} ${number} | ${text}`,
			`       | ${indent}${red(mark)}`,
		];
	});
	return shown.join("\n");
}
