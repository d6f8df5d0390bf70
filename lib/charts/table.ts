/** Sets rows as a plain-text table: columns aligned, numbers to the right. Null is a value that is not a number. */
export function formatTable(
	header: readonly string[],
	rows: readonly (readonly unknown[])[],
): string {
	const cells = rows.map((row) => row.map(formatCell));
	const widths = header.map((title, column) =>
		Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
	);
	const line = (row: readonly string[]) =>
		row.map((cell, i) => cell.padStart(widths[i] ?? 0)).join("  ");
	return [header, ...cells].map(line).join("\n");
}

function formatCell(value: unknown): string {
	if (typeof value === "number" && !Number.isInteger(value)) {
		return value.toFixed(4);
	}
	return value === null ? "not a number" : String(value ?? "");
}
