/** Rounds as Python's `round` does: 17446.5 becomes 17446, where `Math.round` says 17447. */
export function roundHalfToEven(x: number): number {
	const floor = Math.floor(x);
	if (x - floor !== 0.5) return Math.round(x);
	return floor % 2 === 0 ? floor : floor + 1;
}
