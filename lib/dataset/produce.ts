import { inspect } from "node:util";
import { TransferLearningError } from "../errors";
import { tf } from "../tf";
import type { BatchedDataset } from "./batches";
import type { ImageExample, Label } from "./example";
import type { Item } from "./map_chain";

/** One array of an example, without the batch axis: pixels `[height, width, channels]`, or a layer's output. */
export interface Stackable {
	readonly data: Float32Array;
	readonly shape: readonly number[];
}

/** The features of one example, with its label. */
export interface Features {
	/** One array for each input of the head; the pixels are the only one if there is no feature extractor. */
	readonly values: readonly Stackable[];
	readonly label: Label;
}

/** An item, and the element that its maps made of it. */
export interface LoadedItem {
	readonly item: Item;
	readonly element: ImageExample;
}

/** Computes features from pixels, and may remember them. */
export interface Featurizer {
	/** Returns the features that were computed for an item before, or undefined. */
	lookUp(item: Item): Features | undefined;
	/** Computes the features of one or more examples, in their order. */
	compute(examples: readonly LoadedItem[]): Features[];
}

/** Uses the pixels themselves as features. */
export const pixels: Featurizer = {
	lookUp: () => undefined,
	compute: (examples) =>
		examples.map(({ element: { image, label } }) => ({
			values: [image],
			label,
		})),
};

/** The features and targets of a batch, stacked. */
export interface FeatureBatch {
	/** One tensor `[batch, …]` for each input of the head. */
	readonly values: readonly tf.Tensor[];
	/** Targets, `[batch, 1]` or `[batch, length]`. */
	readonly ys: tf.Tensor2D;
}

/**
 * Produces the batches of one iteration, before their own `map`s: the only place where elements become tensors. Whoever
 * iterates disposes all tensors.
 *
 * @throws TransferLearningError if an image cannot be read, or if images or labels of one batch do not fit together.
 */
export async function* produceBatches(
	batched: BatchedDataset,
	featurizer: Featurizer,
): AsyncGenerator<FeatureBatch> {
	const load = async (group: readonly Item[][]) => {
		const batches = group.map((batch) =>
			batch.map((item) => ({ item, features: featurizer.lookUp(item) })),
		);
		const fresh = batches.flat().filter(({ features }) => !features);
		const loaded = await Promise.all(
			fresh.map(async ({ item }) => ({ item, element: await toElement(item) })),
		);
		return { batches, fresh, loaded };
	};
	const groups = groupBatches(
		batched.items(),
		(item) => featurizer.lookUp(item) === undefined,
	);
	const { bufferSize } = batched;
	for await (const group of prefetch(groups, load, bufferSize)) {
		const { batches, fresh, loaded } = group;
		const computed = loaded.length > 0 ? featurizer.compute(loaded) : [];
		for (const [i, entry] of fresh.entries()) entry.features = computed[i];
		for (const batch of batches) yield stackBatch(batch as Featured[]);
	}
}

interface Featured {
	readonly item: Item;
	readonly features: Features;
}

/** Loads items one after the other, starting on the next `bufferSize` while the consumer works on one. */
async function* prefetch<T, U>(
	items: readonly T[],
	load: (item: T) => Promise<U>,
	bufferSize: number,
): AsyncGenerator<U> {
	const pending: Promise<U>[] = [];
	let next = 0;
	while (next < items.length || pending.length > 0) {
		while (next < items.length && pending.length <= bufferSize) {
			const loading = load(items[next++] as T);
			// A failure is thrown when the consumer reaches this item, which may never happen.
			loading.catch(() => {});
			pending.push(loading);
		}
		yield await (pending.shift() as Promise<U>);
	}
}

async function toElement({ example, chain }: Item): Promise<ImageExample> {
	const element = (await chain.apply(example)) as Partial<ImageExample>;
	if (!element?.image || element.label == null) {
		throw new TransferLearningError(
			`${example.id} has ${element?.image ? "no label" : "no pixels"} when it comes into a batch. Map the data set through preprocess, and let every map return { ...example } with its changes.`,
		);
	}
	const { data, shape } = element.image;
	if (data.length !== lengthOf(shape)) {
		throw new TransferLearningError(
			`The image of ${example.id} has the shape ${shape.join(" x ")} but ${data.length} values. Return the shape that matches the data from the map.`,
		);
	}
	return element as ImageExample;
}

function stackBatch(batch: readonly Featured[]): FeatureBatch {
	const inputs = batch[0]?.features.values ?? [];
	// `tidy`, so that a batch that cannot be stacked leaves no tensor behind.
	const [ys, ...values] = tf.tidy(() => [
		stackLabels(batch),
		...inputs.map((_, input) =>
			stack(batch.map(({ features }) => features.values[input] as Stackable)),
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
	const { shape = [], data: first = new Float32Array() } = examples[0] ?? {};
	const length = lengthOf(shape);
	// Images that were decoded together lie side by side already.
	const isWhole = examples.every(
		({ data: { buffer, byteOffset, length } }, i) =>
			buffer === first.buffer &&
			length === first.length &&
			byteOffset === first.byteOffset + i * first.byteLength,
	);
	const data = isWhole
		? new Float32Array(first.buffer, first.byteOffset, examples.length * length)
		: new Float32Array(examples.length * length);
	for (const [i, example] of examples.entries()) {
		if (example.shape.join() !== shape.join()) {
			throw new TransferLearningError(
				`Images of ${example.shape.join(" x ")} and ${shape.join(" x ")} do not fit into one batch. Map them through preprocess first.`,
			);
		}
		if (!isWhole) data.set(example.data, i * length);
	}
	return tf.tensor(data, [examples.length, ...shape]);
}

function lengthOf(shape: readonly number[]): number {
	return shape.reduce((product, size) => product * size, 1);
}

function stackLabels(batch: readonly Featured[]): tf.Tensor2D {
	const labels = batch.map(({ features: { label } }) =>
		typeof label === "number" ? [label] : label,
	);
	const nameOf = (i: number) => batch[i]?.item.example.id;
	const length = labels[0]?.length ?? 1;
	const data = new Float32Array(labels.length * length);
	for (const [i, label] of labels.entries()) {
		const isList = Array.isArray(label) || ArrayBuffer.isView(label);
		if (!isList || !Array.prototype.every.call(label, Number.isFinite)) {
			throw new TransferLearningError(
				`The label of ${nameOf(i)} is ${inspect(batch[i]?.features.label)}. A label is a number or a list of numbers.`,
			);
		}
		if (label.length !== length) {
			throw new TransferLearningError(
				`The label of ${nameOf(i)} has ${label.length} values, and that of ${nameOf(0)} in the same batch has ${length}. Give all examples labels of the same length.`,
			);
		}
		data.set(label, i * length);
	}
	return tf.tensor2d(data, [labels.length, length]);
}

/**
 * Groups consecutive batches whose fresh examples together fit into one batch: a network runs faster on many
 * examples at once than on a few at a time.
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
