import { TransferLearningError } from "../errors";
import type { ImageDataset } from "./dataset";
import type { Example, Label } from "./example";
import { createShuffler } from "./shuffle";

/**
 * Options of `split`.
 *
 * @example split(dataset, { train: 0.8, test: 0.2 }, { stratified: true, seed: 1 });
 */
export interface SplitOptions {
	/**
	 * Whether each part gets its share of each class, to within one example. The classes are the labels before any `map`.
	 * @default false
	 */
	readonly stratified?: boolean;
	/**
	 * An integer; the same seed gives the same parts. The default is fixed so that the parts stay the same when a notebook runs again.
	 * @default 0
	 */
	readonly seed?: number;
}

/**
 * Splits a data set into parts that share no example and stay the same at every iteration.
 *
 * @param fractions the share of each part, above 0; together at most 1
 * @returns a data set for each name in `fractions`, its elements in the order of `dataset`
 * @throws TransferLearningError for invalid fractions or an invalid seed, a part that would be empty, an example that
 * occurs twice (it could end up in two parts), or a data set with different elements at every iteration.
 * @example const { train, validation, test } = split(dataset, { train: 0.7, validation: 0.1, test: 0.2 });
 */
export function split<T extends Example<Label>, Name extends string>(
	dataset: ImageDataset<T>,
	fractions: Readonly<Record<Name, number>>,
	{ stratified = false, seed = 0 }: SplitOptions = {},
): Record<Name, ImageDataset<T>> {
	const shares = Object.entries<number>(fractions);
	const sum = shares.reduce((total, [, share]) => total + share, 0);
	if (!shares.every(([, share]) => share > 0) || !(sum <= 1 + 1e-9)) {
		throw new TransferLearningError(
			`split needs shares above 0 that add up to 1 at most, not ${JSON.stringify(fractions)}. For example, use { train: 0.8, test: 0.2 }.`,
		);
	}
	const examples = dataset.candidates("split");
	if (new Set(examples).size < examples.length) {
		throw new TransferLearningError(
			"split cannot keep the parts separate because the data set has the same example twice. Call split before concatenate.",
		);
	}
	const shuffler = createShuffler(Math.max(examples.length, 1), seed, false);
	const shuffled = shuffler(examples);
	const groups = stratified ? groupByLabel(shuffled) : [shuffled];
	let end = 0;
	const parts = shares.map(([name, share]) => {
		const start = end;
		end += share;
		const part = new Set(
			groups.flatMap((group, g) => {
				// Some classes are rounded up and others down, so that the sizes of the parts come out right too.
				const position = (share: number) =>
					Math.floor(share * group.length + (g + 0.5) / groups.length);
				return group.slice(position(start), position(end));
			}),
		);
		if (part.size === 0) {
			throw new TransferLearningError(
				`The part "${name}" would be empty: ${share} of ${examples.length} examples. Give it a larger share, or use more examples.`,
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
