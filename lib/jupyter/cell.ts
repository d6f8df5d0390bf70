import { SourceMap } from "node:module";

/** A place in a cell's code, counted from 1. */
export interface Place {
	readonly line: number;
	readonly column: number;
}

/** The code of a cell, and where in it the compiled code comes from. */
export interface CompiledCell {
	/** The cell's number, as in `In[3]`. */
	readonly count: number;
	readonly code: string;
	/** The compiled code. */
	readonly compiled: string;
	/** Source maps, from the cell's to the compiled code. */
	readonly sourceMaps: readonly string[];
}

const cells = new Map<number, CompiledCell>();

/**
 * Remembers a cell, so that places in errors can be found, also those in functions that later cells call.
 *
 * @returns the file name to run it under, by which stacks name it
 */
export function keepCell(cell: CompiledCell): string {
	cells.set(cell.count, cell);
	return `cell-${cell.count}.js`;
}

/** The number of the cell that the outermost line of an error's stack names: it started the work. */
export function findStartingCell(error: unknown): number | undefined {
	if (!(error instanceof Error)) return undefined;
	const found = [...String(error.stack).matchAll(/\bcell-(\d+)\.js:/g)].at(-1);
	return found && Number(found[1]);
}

/** Finds the cell and the place in it that a line of a stack names; undefined if it names no cell. */
export function findInStackFrame(
	frame: string,
): { cell: CompiledCell; place: Place | undefined } | undefined {
	const found = /\bcell-(\d+)\.js:(\d+):(\d+)/.exec(frame);
	const cell = found && cells.get(Number(found[1]));
	return cell
		? { cell, place: findPlace(cell, Number(found[2]), Number(found[3])) }
		: undefined;
}

/** The place in the cell for one in its compiled code; undefined for code that was added to the cell. */
function findPlace(
	{ code, compiled, sourceMaps }: CompiledCell,
	line: number,
	column: number,
): Place | undefined {
	// The line after the compiled code calls it.
	if (line > countLines(compiled)) return undefined;
	let at = { line: line - 1, column: column - 1 };
	for (const map of [...sourceMaps].reverse()) {
		const entry = new SourceMap(JSON.parse(map)).findEntry(at.line, at.column);
		if (!("originalLine" in entry)) return undefined;
		at = { line: entry.originalLine, column: entry.originalColumn };
	}
	// tslab puts a line before the cell, so that the cell's first one is 1, and one after it.
	if (at.line < 1 || at.line > countLines(code)) return undefined;
	return { line: at.line, column: at.column + 1 };
}

function countLines(text: string): number {
	return text.split("\n").length;
}
