import type { Outcome, Prepared } from "./train";

/** What is compared of two outcomes. */
export const aspects = ["metrics", "predictions", "weights"] as const;
export type Differences = Readonly<Record<(typeof aspects)[number], number>>;

/** The largest differences of two outcomes, as a share of the value, or of 1 where that is more; not a number if they do not match. */
export function compareOutcomes(a: Outcome, b: Outcome): Differences {
	const [one, two] = [listMetrics(a), listMetrics(b)];
	const names = (metrics: typeof one) => metrics.map(([name]) => name).join();
	const values = (metrics: typeof one) => metrics.map(([, value]) => value);
	return {
		metrics:
			names(one) === names(two)
				? largest(values(one), values(two))
				: Number.NaN,
		predictions: largest(a.predictions, b.predictions),
		weights: largest(a.weights, b.weights),
	};
}

/** The metrics of every epoch and of the evaluation, by name. */
export function listMetrics({
	history,
	evaluation,
}: Outcome): [string, number][] {
	const epochs = Object.entries(history).flatMap(([name, values]) =>
		values.map((value, i): [string, number] => [`${name}[${i}]`, value]),
	);
	const all = [...epochs, ...Object.entries(evaluation)];
	return all.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** How far each layer's weights are apart, those first that are furthest. */
export function compareLayers(
	{ layers, sizes }: Prepared,
	a: Outcome,
	b: Outcome,
): string {
	let start = 0;
	return layers
		.map((name, i) => {
			const part = [start, start + (sizes[i] as number)] as const;
			start = part[1];
			const difference = largest(
				a.weights.subarray(...part),
				b.weights.subarray(...part),
			);
			return { name, difference };
		})
		.sort((one, two) => two.difference - one.difference)
		.slice(0, 4)
		.map(({ name, difference }) => `${name} ${difference.toExponential(1)}`)
		.join(", ");
}

function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
	if (a.length !== b.length || a.length === 0) return Number.NaN;
	let largest = 0;
	for (let i = 0; i < a.length; i++) {
		const [x, y] = [a[i] as number, b[i] as number];
		const difference = Math.abs(x - y) / Math.max(1, Math.abs(y));
		// Written so that a difference which is not a number stays.
		if (!(difference <= largest)) largest = difference;
		if (Number.isNaN(largest)) return largest;
	}
	return largest;
}
