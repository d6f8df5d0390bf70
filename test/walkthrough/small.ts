import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { codeCells, joinText, readNotebook } from "../support/notebook";

/** How much a walkthrough reads and trains. */
export interface Size {
	readonly photos: number;
	/** Of the photos, those to train on. */
	readonly train: number;
	readonly epochs: number;
}

/** As the walkthrough is committed, and a reader executes it. */
export const fullSize: Size = { photos: 1000, train: 800, epochs: 10 };

// Small, so that the test is quick.
export const smallSize: Size = { photos: 120, train: 96, epochs: 2 };

/** Each number that makes the walkthrough long, as its cells write it. */
const numbers: readonly ((size: Size) => string)[] = [
	({ photos }) => `.take(${photos})`,
	({ photos }) => `.shuffle(${photos}, `,
	({ train }) => `.take(${train})`,
	({ train }) => `.skip(${train})`,
	({ epochs }) => `epochs: ${epochs},`,
];

/**
 * Writes a copy of a notebook with the small numbers instead of the full ones, and returns its path.
 *
 * @throws AssertionError if the notebook no longer holds one of the full numbers
 */
export function writeSmall(file: string, copy: string): string {
	const notebook = readNotebook(file);
	const code = codeCells(notebook).map(({ source }) => joinText(source));
	for (const number of numbers)
		assert.ok(
			code.some((source) => source.includes(number(fullSize))),
			`No cell has ${number(fullSize)} to make small. Adapt ${__filename}.`,
		);
	const cells = notebook.cells.map((cell) =>
		cell.cell_type === "code"
			? { ...cell, source: shrink(joinText(cell.source)) }
			: cell,
	);
	fs.mkdirSync(path.dirname(copy), { recursive: true });
	fs.writeFileSync(copy, JSON.stringify({ ...notebook, cells }));
	return copy;
}

function shrink(source: string): string {
	return numbers.reduce(
		(text, number) => text.replaceAll(number(fullSize), number(smallSize)),
		source,
	);
}
