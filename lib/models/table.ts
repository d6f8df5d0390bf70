/** A column of a table. */
export interface Column {
	readonly heading: string;
	/** In characters, without borders and padding. */
	readonly width: number;
	readonly align: "left" | "right";
}

/**
 * Draws a table as the Python package rich draws Keras's: a heavy header, a line between rows, wrapped cells, and an
 * ellipsis in words that are wider than their column.
 */
export function drawTable(
	columns: readonly Column[],
	rows: readonly (readonly string[])[],
): string {
	const rule = (left: string, fill: string, cross: string, right: string) =>
		left +
		columns.map(({ width }) => fill.repeat(width + 2)).join(cross) +
		right;
	const headings = columns.map(({ heading }) => heading);
	const bodies = rows.map((row) => drawRow(columns, row, "│"));
	return [
		rule("┏", "━", "┳", "┓"),
		drawRow(columns, headings, "┃"),
		rule("┡", "━", "╇", "┩"),
		bodies.join(`\n${rule("├", "─", "┼", "┤")}\n`),
		rule("└", "─", "┴", "┘"),
	].join("\n");
}

function drawRow(
	columns: readonly Column[],
	cells: readonly string[],
	border: string,
): string {
	const wrapped = columns.map(({ width }, i) => wrap(cells[i] ?? "", width));
	const height = Math.max(...wrapped.map((lines) => lines.length));
	return Array.from({ length: height }, (_, line) => {
		const parts = columns.map(({ width, align }, i) => {
			const text = wrapped[i]?.[line] ?? "";
			return align === "left" ? text.padEnd(width) : text.padStart(width);
		});
		return `${border} ${parts.join(` ${border} `)} ${border}`;
	}).join("\n");
}

function wrap(text: string, width: number): string[] {
	const lines: string[] = [];
	let line = "";
	for (const word of text.split(" ")) {
		const longer = line ? `${line} ${word}` : word;
		if (line && longer.length > width) {
			lines.push(line);
			line = word;
		} else {
			line = longer;
		}
	}
	lines.push(line);
	return lines.map((full) =>
		full.length > width ? `${full.slice(0, width - 1)}…` : full,
	);
}
