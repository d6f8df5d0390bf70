import type { Label } from "../dataset/example";
import { TransferLearningError } from "../errors";

/** What charts take labels from: class indices or one-hot rows in order, or the unmapped data set that has them. */
export type Labels = readonly Label[] | LabelledDataset;

/** What a chart looks at in an `ImageDataset`. */
export interface LabelledDataset {
	readonly classNames: readonly string[] | undefined;
	items(): readonly {
		readonly example: { readonly label: Label };
		readonly chain: { readonly isEmpty: boolean };
	}[];
}

/**
 * The labels, and the names of their classes if the data set knows them.
 *
 * @throws TransferLearningError if the data set is mapped: a map may change labels, and knows them only once it has run.
 */
export function readLabels(labels: Labels): {
	readonly labels: readonly Label[];
	readonly classNames: readonly string[] | undefined;
} {
	if (isList(labels)) return { labels, classNames: undefined };
	const items = labels.items();
	if (items.some(({ chain }) => !chain.isEmpty)) {
		throw new TransferLearningError(
			"A chart takes labels from a data set as it was loaded, and a map may have changed these. Give it the data set from before map or cache, or the labels themselves.",
		);
	}
	const { classNames } = labels;
	return { labels: items.map(({ example }) => example.label), classNames };
}

/**
 * The index of the class that a label stands for: an index itself, or the largest value of a row of shares (one-hot,
 * smoothed or mixed) that add up to 1. Undefined for any other number or row, and for a draw.
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

/** A label in words: the name of its class, `label 2` for a class without one, the numbers of what is no class. */
export function nameLabel(
	label: Label,
	classNames: readonly string[] | undefined,
): string {
	const index = toClass(label);
	if (index !== undefined) return classNames?.[index] ?? `label ${index}`;
	return formatLabel(label);
}

/** A label's own numbers. */
export function formatLabel(label: Label): string {
	const values = typeof label === "number" ? [label] : Array.from(label);
	return values.map((value) => String(Number(value.toPrecision(4)))).join(", ");
}

// Array.isArray does not narrow a readonly array.
function isList(labels: Labels): labels is readonly Label[] {
	return Array.isArray(labels);
}
