import type { Place } from "./cell";
import { red } from "./colors";
import type { ErrorContent } from "./describe_error";
import { formatExcerpt } from "./excerpt";
import type { Diagnostic } from "./tslab_parts";

/**
 * Describes what TypeScript complains of in a cell, each complaint with its place.
 *
 * @param count the cell's number
 * @param code its code
 * @param diagnostics at least one
 */
export function describeDiagnostics(
	count: number,
	code: string,
	diagnostics: readonly Diagnostic[],
): ErrorContent {
	const described = diagnostics.map((diagnostic) => {
		const place = placeOf(diagnostic, code);
		const where = `${diagnostic.fileName ?? `In[${count}]`}, line ${place.line}, column ${place.column}`;
		return { diagnostic, place, where };
	});
	const [first] = described;
	return {
		ename: `TS${first?.diagnostic.code}`,
		evalue: `${first?.diagnostic.messageText} (${first?.where})`,
		traceback: described.flatMap(({ diagnostic, place, where }, i) => {
			const { code: number, messageText } = diagnostic;
			// TypeScript explains a complaint in further ones at the same place.
			if (where === described[i - 1]?.where) return `    ${messageText}`;
			return [
				`${red(`TS${number}`)}: ${messageText}`,
				`    at ${where}`,
				...(diagnostic.fileName
					? []
					: [formatExcerpt(code, place, lengthOf(diagnostic))]),
			];
		}),
	};
}

/** The place, in the cell: tslab adds lines to it, at which a missing bracket is reported. */
function placeOf({ start, fileName }: Diagnostic, code: string): Place {
	const lines = code.split("\n");
	if (fileName || start.line < lines.length)
		return { line: start.line + 1, column: start.character + 1 };
	return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

/** How many characters are marked: of the first line. */
function lengthOf({ start, end }: Diagnostic): number {
	return start.line === end.line ? end.character - start.character : 1;
}
