import { TransferLearningError } from "../errors";
import type { ImageDataset } from "./dataset";
import type { Example, Label } from "./example";
import { createShuffler } from "./shuffle";

/** How `split` chooses. */
export interface SplitOptions {
	/** Whether each part gets its share of each class, to within one example; labels are those before any `map`. Default: false. */
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
 * occurs twice (it could end up in two parts), a seed that is no integer, or a data set with other elements at every iteration.
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
	const groups = stratified ? groupByLabel(shuffled) : [shuffled];
	let share = 0;
	const parts = names.map((name, i) => {
		const from = share;
		share += shares[i] as number;
		const part = new Set(
			groups.flatMap((group, g) => {
				// Some classes are rounded up where others are rounded down, so that the parts' sizes come out right, too.
				const place = (share: number) =>
					Math.floor(share * group.length + (g + 0.5) / groups.length);
				return group.slice(place(from), place(share));
			}),
		);
		if (part.size === 0) {
			throw new TransferLearningError(
				`The part "${name}" would be empty: ${fractions[name]} of ${examples.length} examples. Give it a larger share, or more examples.`,
			);
		}
		return [name, dataset.select((example) => part.has(example))] as const;
	});
	return Object.fromEntries(parts) as Record<Name, ImageDataset<T>>;
}

function groupByLabel(examples: readonly Example[]): Example[][] {
	const classes = new Map<number, Example[]>();
	for (const example of examples) {
		const members = classes.get(example.label) ?? [];
		members.push(example);
		classes.set(example.label, members);
	}
	return [...classes.values()];
}
