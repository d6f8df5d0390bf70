/** A curve of rates against rates. */
export interface RateCurve {
	/** False positive rates, 0–1, rising. */
	readonly x: readonly number[];
	/** True positive rates, 0–1, rising. */
	readonly y: readonly number[];
	/** The area under the curve, 0–1; 0.5 is guessing. */
	readonly area: number;
}

/** A receiver operating characteristic. */
export interface RocCurve extends RateCurve {
	/** From this probability on, an example counts as positive: falling, from infinity. */
	readonly thresholds: readonly number[];
}

/**
 * The curve of all thresholds at which something changes; equal probabilities pass together, as in scikit-learn's `roc_curve`
 * with `drop_intermediate=False`. Undefined unless there are examples of both kinds.
 */
export function rocCurve(
	examples: readonly {
		readonly positive: boolean;
		readonly probability: number;
	}[],
): RocCurve | undefined {
	const sorted = [...examples].sort((a, b) => b.probability - a.probability);
	const positives = sorted.filter(({ positive }) => positive).length;
	const negatives = sorted.length - positives;
	if (positives === 0 || negatives === 0) return undefined;
	const x = [0];
	const y = [0];
	const thresholds = [Number.POSITIVE_INFINITY];
	let found = 0;
	let mistaken = 0;
	sorted.forEach(({ positive, probability }, i) => {
		if (positive) found++;
		else mistaken++;
		if (sorted[i + 1]?.probability === probability) return;
		x.push(mistaken / negatives);
		y.push(found / positives);
		thresholds.push(probability);
	});
	return { x, y, thresholds, area: areaUnder(x, y) };
}

/**
 * The mean of the curves' true positive rates at each false positive rate. Its area is the mean of their areas: the macro
 * average of scikit-learn's `roc_auc_score` with `multi_class="ovr"`.
 */
export function macroAverage(curves: readonly RateCurve[]): RateCurve {
	const places = [...new Set(curves.flatMap(({ x }) => x))].sort(
		(a, b) => a - b,
	);
	// A curve may rise at a place: where it arrives and where it goes on are both kept.
	const ends = curves.map((curve) => places.map(createLookUp(curve)));
	const mean = (place: number, end: 0 | 1) =>
		ends.reduce((sum, values) => sum + (values[place]?.[end] ?? 0), 0) /
		curves.length;
	const x = places.flatMap((place) => [place, place]);
	const y = places.flatMap((_, place) => [mean(place, 0), mean(place, 1)]);
	return { x, y, area: areaUnder(x, y) };
}

/** Makes a function that gives the lowest and the highest point of a curve at a place; the places asked for must rise. */
function createLookUp({ x, y }: RateCurve) {
	let next = 0;
	return (place: number): [number, number] => {
		while ((x[next] as number) < place) next++;
		const low = y[next] as number;
		if ((x[next] as number) > place) {
			const [x0, y0] = [x[next - 1] as number, y[next - 1] as number];
			const share = (place - x0) / ((x[next] as number) - x0);
			const value = y0 + share * (low - y0);
			return [value, value];
		}
		let last = next;
		while (x[last + 1] === place) last++;
		return [low, y[last] as number];
	};
}

function areaUnder(x: readonly number[], y: readonly number[]): number {
	let area = 0;
	for (let i = 1; i < x.length; i++) {
		const width = (x[i] as number) - (x[i - 1] as number);
		area += (width * ((y[i] as number) + (y[i - 1] as number))) / 2;
	}
	return area;
}
