import { TransferLearningError } from "../errors";
import type { ImageDataset } from "./dataset";
import type { Example, Label } from "./example";
import { createShuffler } from "./shuffle";

/** How `split` chooses. */
export interface SplitOptions {
	/** Whether each part gets the same share of each class, as near as whole examples allow; labels are those before any `map`. Default: false. */
	readonly stratified?: boolean;
	/** An integer: the same seed gives the same parts. Default: 0, so that parts stay the same when a notebook is run again. */
	readonly seed?: number;
}

/**
 * Splits a data set into parts that have no example in common and stay the same at every iteration.
 *
 * ```ts
 * const { train, validation, test } = split(dataset, { train: 0.7, validation: 0.1, test: 0.2 }, { stratified: true });
 * ```
 *
 * @param fractions the share of each part, 0–1; together at most 1
 * @returns a data set for each name in `fractions`, its elements in the order of `dataset`
 * @throws TransferLearningError for fractions that are not shares of a whole, a part that would be empty, an example that
 * occurs twice (it could end up in two parts), or a data set with other elements at every iteration.
 */
export function split<T extends Example<Label>, Name extends string>(
	dataset: ImageDataset<T>,
	fractions: Readonly<Record<Name, number>>,
	{ stratified = false, seed = 0 }: SplitOptions = {},
): Record<Name, ImageDataset<T>> {
	const names = Object.keys(fractions) as Name[];
	const shares = names.map((name) => fractions[name]);
	const sum = shares.reduce((total, share) => total + share, 0);
	if (!shares.every((share) => share > 0) || !(sum <= 1 + 1e-9)) {
		throw new TransferLearningError(
			`split needs shares above 0 that add up to 1 at most, not ${JSON.stringify(fractions)}. Write { train: 0.8, test: 0.2 }, for instance.`,
		);
	}
	const examples = dataset.candidates("split");
	if (new Set(examples).size < examples.length) {
		throw new TransferLearningError(
			"split cannot keep parts apart in a data set that has the same example twice. Split it before concatenate.",
		);
	}
	const shuffled = createShuffler(
		Math.max(examples.length, 1),
		seed,
		false,
	)(examples);
	const drawn = stratified ? interleaveClasses(shuffled) : shuffled;
	let [share, start] = [0, 0];
	const parts = names.map((name, i) => {
		share += shares[i] as number;
		const end = Math.round(share * drawn.length);
		const part = new Set(drawn.slice(start, end));
		if (part.size === 0) {
			throw new TransferLearningError(
				`The part "${name}" would be empty: ${fractions[name]} of ${drawn.length} examples. Give it a larger share, or more examples.`,
			);
		}
		start = end;
		return [name, dataset.select((example) => part.has(example))] as const;
	});
	return Object.fromEntries(parts) as Record<Name, ImageDataset<T>>;
}

/** Spreads the examples of each class evenly over the list, so that any stretch of it has the same share of each. */
function interleaveClasses(examples: readonly Example[]): Example[] {
	return [...groupByLabel(examples).values()]
		.flatMap((members) =>
			members.map((example, i) => ({
				example,
				place: (i + 0.5) / members.length,
			})),
		)
		.sort((a, b) => a.place - b.place)
		.map(({ example }) => example);
}

function groupByLabel(examples: readonly Example[]): Map<number, Example[]> {
	const classes = new Map<number, Example[]>();
	for (const example of examples) {
		const members = classes.get(example.label) ?? [];
		members.push(example);
		classes.set(example.label, members);
	}
	return classes;
}
