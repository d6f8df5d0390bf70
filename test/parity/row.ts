/** One line of the table: a property that both sides should share, and what was measured. */
export interface Row {
	readonly what: string;
	readonly tolerance: string;
	readonly measured: string;
	readonly ok: boolean;
}

/** A row whose measured difference may not exceed `tolerance`, which is written as given: `"1e-4"`. */
export function atMost(
	what: string,
	tolerance: string,
	difference: number,
	note = "",
): Row {
	return {
		what,
		tolerance: `≤ ${tolerance}`,
		measured: formatDifference(difference) + (note && `, ${note}`),
		// Not a number is not within.
		ok: difference <= Number(tolerance),
	};
}

/** A row whose two sides must be the same; `measured` says what was compared, or where they differ. */
export function same(
	what: string,
	tolerance: "equal" | "equal sets" | "identical bits",
	isSame: boolean,
	measured: string,
): Row {
	return { what, tolerance, measured, ok: isSame };
}

/** Lays rows out in columns, with a line that counts them. */
export function formatRows(rows: readonly Row[]): string {
	const cells = [
		["what", "tolerance", "measured", "ok"],
		...rows.map(({ what, tolerance, measured, ok }) => [
			what,
			tolerance,
			measured,
			ok ? "yes" : "NO",
		]),
	];
	const widths = [0, 1, 2, 3].map((column) =>
		Math.max(...cells.map((row) => row[column]?.length ?? 0)),
	);
	const lines = cells.map((row) =>
		row
			.map((cell, column) => cell.padEnd(widths[column] ?? 0))
			.join("  ")
			.trimEnd(),
	);
	const passed = rows.filter(({ ok }) => ok).length;
	return [
		...lines,
		"",
		`${passed} passed, ${rows.length - passed} failed`,
	].join("\n");
}

/** The largest of the absolute differences; not a number if the lengths differ. */
export function largestDifference(
	a: ArrayLike<number>,
	b: ArrayLike<number>,
): number {
	if (a.length !== b.length || a.length === 0) return Number.NaN;
	let largest = 0;
	for (let i = 0; i < a.length; i++) {
		const difference = Math.abs((a[i] as number) - (b[i] as number));
		// Written so that a difference which is not a number stays.
		if (!(difference <= largest)) largest = difference;
		if (Number.isNaN(largest)) return largest;
	}
	return largest;
}

function formatDifference(difference: number): string {
	return difference === 0
		? "0"
		: difference < 0.01
			? difference.toExponential(1)
			: difference.toFixed(2);
}
