import type { Label } from "../dataset/example";
import { TransferLearningError } from "../errors";

/** The labels of a chart: class indices or one-hot rows in order, or an unmapped data set. */
export type Labels = readonly Label[] | LabelledDataset;

/** The part of `ImageDataset` that charts read. */
export interface LabelledDataset {
	readonly classNames: readonly string[] | undefined;
	items(): readonly {
		readonly example: { readonly label: Label };
		readonly chain: { readonly isEmpty: boolean };
	}[];
}

/**
 * Reads the labels, and the class names if the data set has any.
 *
 * @throws TransferLearningError if the data set is mapped: a map may change labels, and charts do not run maps.
 */
export function readLabels(labels: Labels): {
	readonly labels: readonly Label[];
	readonly classNames: readonly string[] | undefined;
} {
	if (isList(labels)) return { labels, classNames: undefined };
	const items = labels.items();
	if (items.some(({ chain }) => !chain.isEmpty)) {
		throw new TransferLearningError(
			"A chart cannot read the labels of a mapped data set, because a map may change them. Pass the data set from before map or cache, or the labels themselves.",
		);
	}
	const { classNames } = labels;
	return { labels: items.map(({ example }) => example.label), classNames };
}

/**
 * The class index of a label: the label itself, or the position of the largest value in a row (one-hot, smoothed or
 * mixed) that adds up to 1. Undefined for any other number or row, and for a tie.
 */
export function toClass(label: Label): number | undefined {
	if (typeof label === "number") {
		return Number.isInteger(label) && label >= 0 ? label : undefined;
	}
	const values = Array.from(label);
	if (values.length === 1) return toClass(values[0] as number);
	const sum = values.reduce((sum, value) => sum + value, 0);
	const largest = Math.max(...values);
	const isShares = values.every((value) => value >= 0);
	if (!isShares || !(Math.abs(sum - 1) < 1e-3)) return undefined;
	const first = values.indexOf(largest);
	return first === values.lastIndexOf(largest) ? first : undefined;
}

/** A label in words: its class name, `label 2` for a class without a name, or the numbers if it is not a class. */
export function nameLabel(
	label: Label,
	classNames: readonly string[] | undefined,
): string {
	const index = toClass(label);
	if (index !== undefined) return classNames?.[index] ?? `label ${index}`;
	return formatLabel(label);
}

/** A label's numbers, with four significant digits. */
export function formatLabel(label: Label): string {
	const values = typeof label === "number" ? [label] : Array.from(label);
	return values.map((value) => String(Number(value.toPrecision(4)))).join(", ");
}

// Array.isArray does not narrow a readonly array.
function isList(labels: Labels): labels is readonly Label[] {
	return Array.isArray(labels);
}
