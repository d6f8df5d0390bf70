import { TransferLearningError } from "../errors";

/** A receiver operating characteristic. */
export interface RocCurve {
	/** False positive rates, 0–1, rising. */
	readonly x: number[];
	/** True positive rates, 0–1, rising. */
	readonly y: number[];
	/** From this probability on, an example counts as positive: falling, from infinity. */
	readonly thresholds: number[];
	/** The area under the curve, 0–1; 0.5 is guessing. */
	readonly area: number;
}

/**
 * The curve of all thresholds at which something changes; equal probabilities pass together, as in scikit-learn's `roc_curve`
 * with `drop_intermediate=False`.
 *
 * @throws TransferLearningError if all examples have one label.
 */
export function rocCurve(
	pairs: readonly { label: number; probability: number }[],
): RocCurve {
	const sorted = [...pairs].sort((a, b) => b.probability - a.probability);
	const positives = sorted.filter(({ label }) => label === 1).length;
	const negatives = sorted.length - positives;
	if (positives === 0 || negatives === 0) {
		throw new TransferLearningError(
			"A ROC curve needs examples of both labels, and these have one alone. Take more of them.",
		);
	}
	const x = [0];
	const y = [0];
	const thresholds = [Number.POSITIVE_INFINITY];
	let found = 0;
	let mistaken = 0;
	let area = 0;
	sorted.forEach(({ label, probability }, i) => {
		if (label === 1) found++;
		else mistaken++;
		if (sorted[i + 1]?.probability === probability) return;
		const [lastX, lastY] = [x.at(-1) ?? 0, y.at(-1) ?? 0];
		const [nextX, nextY] = [mistaken / negatives, found / positives];
		area += ((nextX - lastX) * (nextY + lastY)) / 2;
		x.push(nextX);
		y.push(nextY);
		thresholds.push(probability);
	});
	return { x, y, thresholds, area };
}
