/**
 * Formats rows as a plain-text table with aligned columns.
 *
 * Fractions get four decimals, and null is shown as `not a number`.
 *
 * @param align the side that cells keep to; on the left, lines do not end in spaces
 */
export function formatTable(
	header: readonly string[],
	rows: readonly (readonly unknown[])[],
	align: "left" | "right" = "right",
): string {
	const cells = [header, ...rows.map((row) => row.map(formatCell))];
	const widths = header.map((_, column) =>
		Math.max(...cells.map((row) => row[column]?.length ?? 0)),
	);
	const pad = align === "left" ? "padEnd" : "padStart";
	const lines = cells.map((row) =>
		row.map((cell, i) => cell[pad](widths[i] ?? 0)).join("  "),
	);
	if (align === "right") return lines.join("\n");
	return lines.map((line) => line.trimEnd()).join("\n");
}

function formatCell(value: unknown): string {
	if (typeof value === "number" && !Number.isInteger(value)) {
		return value.toFixed(4);
	}
	return value === null ? "not a number" : String(value ?? "");
}
