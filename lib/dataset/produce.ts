import { inspect } from "node:util";
import { TransferLearningError } from "../errors";
import { tf } from "../tf";
import type { BatchedDataset } from "./batches";
import type { Image, ImageExample, Label } from "./example";
import type { Item } from "./map_chain";
import { prefetch } from "./prefetch";

/** Values of one example: pixels `[height, width, channels]`, or what a network made of them. */
export interface Stackable {
	readonly data: Float32Array;
	readonly shape: readonly number[];
}

/** What an example brings into a batch. */
export interface Features {
	/** One array of values for each input. */
	readonly values: readonly Stackable[];
	readonly label: Label;
}

/** What is made of images before they are stacked, and which of it is known already. */
export interface Featurizer {
	/** The row of an example that was made before. */
	lookUp(item: Item): Features | undefined;
	/** Makes the values of each image; `items` are where they come from. */
	make(
		images: readonly Image[],
		items: readonly Item[],
	): (readonly Stackable[])[];
	/** Takes note of a row that was made. */
	keep(item: Item, row: Features): void;
}

/** Nothing is made of the images but batches. */
export const pixels: Featurizer = {
	lookUp: () => undefined,
	make: (images) => images.map((image) => [image]),
	keep: () => {},
};

/** Rows stacked. Whoever iterates disposes all tensors. */
export interface FeatureBatch {
	/** One tensor `[batch, …]` for each input. */
	readonly values: readonly tf.Tensor[];
	/** Targets, `[batch, 1]` or `[batch, length]`. */
	readonly ys: tf.Tensor2D;
}

/**
 * One iteration over batches, before their own `map`s: the one place where elements become tensors.
 *
 * @throws TransferLearningError if an image cannot be read, or if images or labels of one batch do not go together.
 */
export async function* produceBatches(
	batched: BatchedDataset,
	maker: Featurizer,
): AsyncGenerator<FeatureBatch> {
	const load = async (group: Item[][]) => {
		const known = group.map((batch) => batch.map((item) => maker.lookUp(item)));
		const loading = group.flatMap((batch, b) =>
			batch.flatMap((item, i) =>
				known[b]?.[i] ? [] : { b, i, item, element: toElement(item) },
			),
		);
		const elements = await Promise.all(loading.map(({ element }) => element));
		return { group, known, loading, elements };
	};
	const groups = groupBatches(
		batched.items(),
		(item) => maker.lookUp(item) === undefined,
	);
	for await (const { group, known, loading, elements } of prefetch(
		groups,
		load,
		batched.bufferSize,
	)) {
		const made =
			elements.length > 0
				? maker.make(
						elements.map(({ image }) => image),
						loading.map(({ item }) => item),
					)
				: [];
		for (const [n, { b, i, item }] of loading.entries()) {
			const { label } = elements[n] as ImageExample;
			const row = { values: made[n] as readonly Stackable[], label };
			(known[b] as Features[])[i] = row;
			maker.keep(item, row);
		}
		for (const [b, batch] of group.entries()) {
			yield toBatch(batch, known[b] as Features[]);
		}
	}
}

async function toElement({ example, chain }: Item): Promise<ImageExample> {
	const element = (await chain.apply(example)) as Partial<ImageExample>;
	if (!element?.image || element.label == null) {
		throw new TransferLearningError(
			`${example.id} has ${element?.image ? "no label" : "no pixels"} when it comes into a batch. Map the data set through preprocess, and let every map return { ...example } with what it changes.`,
		);
	}
	const { data, shape } = element.image;
	if (data.length !== shape.reduce((product, size) => product * size, 1)) {
		throw new TransferLearningError(
			`The image of ${example.id} says that it is ${shape.join(" x ")}, and has ${data.length} values. Let the map return the shape that goes with its data.`,
		);
	}
	return element as ImageExample;
}

function toBatch(
	batch: readonly Item[],
	rows: readonly Features[],
): FeatureBatch {
	const inputs = rows[0]?.values.length ?? 0;
	// `tidy`, so that nothing is left of a batch whose images or labels do not go together.
	const [ys, ...values] = tf.tidy(() => [
		stackLabels(
			rows.map(({ label }) => label),
			(i) => batch[i]?.example.id ?? "",
		),
		...Array.from({ length: inputs }, (_, input) =>
			stack(rows.map(({ values }) => values[input] as Stackable)),
		),
	]);
	return { values, ys: ys as tf.Tensor2D };
}

/**
 * Stacks examples of one shape into a tensor `[batch, …]`; the caller disposes it.
 *
 * @throws TransferLearningError if their shapes differ.
 */
export function stack(examples: readonly Stackable[]): tf.Tensor {
	const { shape = [] } = examples[0] ?? {};
	const length = shape.reduce((product, size) => product * size, 1);
	const data = new Float32Array(examples.length * length);
	for (const [i, example] of examples.entries()) {
		if (example.shape.join() !== shape.join()) {
			throw new TransferLearningError(
				`Images of ${example.shape.join(" x ")} and ${shape.join(" x ")} do not fit into one batch. Map them through preprocess first.`,
			);
		}
		data.set(example.data, i * length);
	}
	return tf.tensor(data, [examples.length, ...shape]);
}

function stackLabels(
	labels: readonly Label[],
	nameOf: (i: number) => string,
): tf.Tensor2D {
	const rows = labels.map((label) =>
		typeof label === "number" ? [label] : label,
	);
	const length = rows[0]?.length ?? 1;
	const data = new Float32Array(rows.length * length);
	for (const [i, row] of rows.entries()) {
		const isList = Array.isArray(row) || ArrayBuffer.isView(row);
		if (!isList || !Array.prototype.every.call(row, Number.isFinite)) {
			throw new TransferLearningError(
				`The label of ${nameOf(i)} is ${inspect(labels[i])}. A label is a number or a list of numbers.`,
			);
		}
		if (row.length !== length) {
			throw new TransferLearningError(
				`The label of ${nameOf(i)} has ${row.length} values, and that of ${nameOf(0)} in the same batch has ${length}. Give all examples labels of one kind.`,
			);
		}
		data.set(row, i * length);
	}
	return tf.tensor2d(data, [rows.length, length]);
}

/**
 * Puts batches together whose fresh examples are no more than one batch holds, so that a network, which is
 * quicker on many examples at once, is not run for a few of them at a time.
 */
function groupBatches(
	batches: Item[][],
	isFresh: (item: Item) => boolean,
): Item[][][] {
	const groups: Item[][][] = [];
	let room = 0;
	for (const batch of batches) {
		const fresh = batch.filter(isFresh).length;
		const last = groups.at(-1);
		if (last && fresh <= room) {
			last.push(batch);
			room -= fresh;
		} else {
			groups.push([batch]);
			room = batch.length - fresh;
		}
	}
	return groups;
}
