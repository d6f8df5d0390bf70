/** A curve of true against false positive rates. */
export interface RateCurve {
	/** False positive rates, 0–1, rising. */
	readonly x: readonly number[];
	/** True positive rates, 0–1, rising. */
	readonly y: readonly number[];
	/** The area under the curve, 0–1; 0.5 for guessing. */
	readonly area: number;
}

/** A receiver operating characteristic. */
export interface RocCurve extends RateCurve {
	/** For each point, the lowest probability that counts as positive: falling, from infinity. */
	readonly thresholds: readonly number[];
}

/**
 * Computes the ROC curve over all distinct probabilities, as scikit-learn's `roc_curve` with `drop_intermediate=False`.
 * Undefined unless there are both positive and negative examples.
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
	let truePositives = 0;
	let falsePositives = 0;
	sorted.forEach(({ positive, probability }, i) => {
		if (positive) truePositives++;
		else falsePositives++;
		if (sorted[i + 1]?.probability === probability) return;
		x.push(falsePositives / negatives);
		y.push(truePositives / positives);
		thresholds.push(probability);
	});
	return { x, y, thresholds, area: areaUnder(x, y) };
}

/**
 * Averages the true positive rates of the curves at each false positive rate. The area is the mean of their areas, as
 * `average="macro"` of scikit-learn's `roc_auc_score` with `multi_class="ovr"`.
 */
export function macroAverage(curves: readonly RateCurve[]): RateCurve {
	const places = [...new Set(curves.flatMap(({ x }) => x))].sort(
		(a, b) => a - b,
	);
	// A curve may rise vertically, so each x keeps both its lowest and its highest y.
	const ends = curves.map((curve) => places.map(createLookUp(curve)));
	const mean = (place: number, end: 0 | 1) =>
		ends.reduce((sum, values) => sum + (values[place]?.[end] ?? 0), 0) /
		curves.length;
	const x = places.flatMap((place) => [place, place]);
	const y = places.flatMap((_, place) => [mean(place, 0), mean(place, 1)]);
	return { x, y, area: areaUnder(x, y) };
}

/** Returns a function that gives the lowest and the highest y of a curve at an x; call it with rising x. */
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
