import type { Outcome } from "./train";

function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
	if (a.length !== b.length || a.length === 0) return Number.NaN;
	let largest = 0;
	for (let i = 0; i < a.length; i++) {
		const [x, y] = [a[i] as number, b[i] as number];
		const d = Math.abs(x - y) / (1 + Math.abs(y));
		if (!(d <= largest)) largest = d;
		if (Number.isNaN(largest)) return largest;
	}
	return largest;
}

export function differences(a: Outcome, b: Outcome): number[] {
	const keys = (o: object) => Object.keys(o).sort();
	const flat = (o: Outcome) => [...keys(o.history).flatMap((k) => o.history[k] ?? []), ...keys(o.evaluation).map((k) => o.evaluation[k] ?? 0)];
	if (`${keys(a.history)}` !== `${keys(b.history)}` || `${keys(a.evaluation)}` !== `${keys(b.evaluation)}`) { console.log(keys(a.history), keys(b.history), keys(a.evaluation), keys(b.evaluation)); return [NaN, NaN, NaN]; }
	return [relative(flat(a), flat(b)), relative(a.predictions, b.predictions), relative(a.weights, b.weights)].map((x) => Number(x.toPrecision(2)));
}
