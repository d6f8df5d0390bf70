import { TransferLearningError } from "../errors";
import { BatchedDataset } from "./batches";
import type { Example, ImageExample } from "./example";
import { createShuffler } from "./shuffle";

/**
 * Turns one element of a data set into another.
 *
 * A function that gives the same result whenever it is given the same example says so with a
 * property `pure: true`, as `preprocess` does: then `fit` may keep what it computed from the result.
 * Augmentation is not pure.
 */
export type MapFunction<T, U> = ((element: T) => U | Promise<U>) & {
	readonly pure?: boolean;
};

/** How `shuffle` draws its orders. */
export interface ShuffleOptions {
	/** An integer that makes the orders the same in every run, and those of `tf.data` in Python with the same seed. Default: another one each time. */
	readonly seed?: number;
	/** Whether every iteration draws a new order, as `tf.data` does. Default: true. */
	readonly reshuffleEachIteration?: boolean;
}

/**
 * A data set with the semantics of `tf.data.Dataset`: a recipe that is followed anew at every iteration.
 *
 * What flows through `take`, `skip` and `shuffle` are light examples; pictures are read by what
 * `map` adds, when somebody asks for an element or a batch. (tfjs's own `tf.data` is not used: its
 * `shuffle` draws a new order at every iteration even where `reshuffleEachIteration` is false, and other orders
 * than Python's for the same seed.)
 */
export class ImageDataset<T extends Example = Example> {
	private constructor(
		/** How many elements there are. */
		readonly size: number,
		private readonly drawOrder: () => readonly Example[],
		/** What each example passes through to become an element, in order. */
		readonly maps: readonly MapFunction<never, unknown>[],
	) {}

	/** A data set of these examples, in this order. */
	static from(examples: readonly Example[]): ImageDataset {
		return new ImageDataset(examples.length, () => examples, []);
	}

	/**
	 * The first `count` elements.
	 *
	 * @throws TransferLearningError if there are fewer. (`tf.data` would silently give what there is.)
	 */
	take(count: number): ImageDataset<T> {
		this.requireElements("take", count);
		return this.reordered(count, (order) => order.slice(0, count));
	}

	/**
	 * All but the first `count` elements.
	 *
	 * @throws TransferLearningError if there are fewer than `count`.
	 */
	skip(count: number): ImageDataset<T> {
		this.requireElements("skip", count);
		return this.reordered(this.size - count, (order) => order.slice(count));
	}

	/**
	 * The same elements in random order, each drawn from a buffer of the next `bufferSize`.
	 *
	 * **A new order is drawn at every iteration** unless `reshuffleEachIteration` is false. What
	 * `take` and `skip` cut from a shuffled data set is therefore another part of it every time.
	 */
	shuffle(
		bufferSize: number,
		{ seed = randomSeed(), reshuffleEachIteration = true }: ShuffleOptions = {},
	): ImageDataset<T> {
		if (!Number.isInteger(bufferSize) || bufferSize < 1) {
			throw new TransferLearningError(
				`shuffle needs a buffer of 1 element or more, not ${bufferSize}.`,
			);
		}
		const shuffler = createShuffler(bufferSize, seed, reshuffleEachIteration);
		return this.reordered(this.size, shuffler);
	}

	/** Passes every element through `map`, whenever it is asked for. */
	map<U extends Example>(map: MapFunction<T, U>): ImageDataset<U> {
		return new ImageDataset<U>(this.size, this.drawOrder, [...this.maps, map]);
	}

	/** Groups elements into batches of `batchSize`; the last one may be smaller. The elements need pixels: see `preprocess`. */
	batch(this: ImageDataset<ImageExample>, batchSize: number): BatchedDataset {
		return new BatchedDataset(this, batchSize);
	}

	/** The examples of one iteration, in order, before any `map`. A shuffled data set draws a new order. */
	examples(): readonly Example[] {
		return this.drawOrder();
	}

	/** Gives the element that the `map`s make of an example. */
	async element(example: Example): Promise<T> {
		let element: unknown = example;
		for (const map of this.maps) element = await map(element as never);
		return element as T;
	}

	/** Whether an example always becomes the same element. */
	get isPure(): boolean {
		return this.maps.every((map) => map.pure === true);
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<T> {
		for (const example of this.examples()) yield await this.element(example);
	}

	private reordered(
		size: number,
		reorder: (order: readonly Example[]) => readonly Example[],
	): ImageDataset<T> {
		return new ImageDataset<T>(
			size,
			() => reorder(this.drawOrder()),
			this.maps,
		);
	}

	private requireElements(method: string, count: number): void {
		if (!Number.isInteger(count) || count < 0 || count > this.size) {
			throw new TransferLearningError(
				`${method}(${count}) asks for more than there is: this data set has ${this.size} examples. Ask for at most ${this.size}.`,
			);
		}
	}
}

function randomSeed(): number {
	return Math.floor(Math.random() * 2 ** 32);
}
