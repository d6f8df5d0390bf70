import { formatTable } from "../../lib/dist/charts/table";

/** One line of the table: a property that both sides should share, and the measurement. */
export interface Row {
	readonly what: string;
	readonly tolerance: string;
	readonly measured: string;
	readonly ok: boolean;
}

/** A row whose difference must not exceed `tolerance`, which is shown as written: `"1e-4"`. */
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
		// False for NaN.
		ok: difference <= Number(tolerance),
	};
}

/** A row whose two sides must be the same; `measured` says what was compared, or where the sides differ. */
export function same(
	what: string,
	tolerance: "equal" | "equal sets" | "identical bits",
	isSame: boolean,
	measured: string,
): Row {
	return { what, tolerance, measured, ok: isSame };
}

/** Formats rows as a table, with a line that counts passes and failures. */
export function formatRows(rows: readonly Row[]): string {
	const table = formatTable(
		["what", "tolerance", "measured", "ok"],
		rows.map(({ what, tolerance, measured, ok }) => [
			what,
			tolerance,
			measured,
			ok ? "yes" : "NO",
		]),
		"left",
	);
	const passed = rows.filter(({ ok }) => ok).length;
	return `${table}\n\n${passed} passed, ${rows.length - passed} failed`;
}

/** The largest absolute difference; NaN if the lengths differ or are 0. */
export function largestDifference(
	a: ArrayLike<number>,
	b: ArrayLike<number>,
): number {
	if (a.length !== b.length || a.length === 0) return Number.NaN;
	let largest = 0;
	for (let i = 0; i < a.length; i++) {
		const difference = Math.abs((a[i] as number) - (b[i] as number));
		// Written so that NaN is kept.
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
