import { TransferLearningError } from "../errors";
import { BatchedDataset } from "./batches";
import { cacheElements } from "./cache";
import type { Example, ImageExample, Label } from "./example";
import {
	type Item,
	MapChain,
	type MapFunction,
	type Preprocess,
} from "./map_chain";
import { createShuffler } from "./shuffle";

/** How `shuffle` draws its orders. */
export interface ShuffleOptions {
	/** An integer that makes the orders the same in every run, and those of `tf.data` in Python with the same seed. Default: another one each time. */
	readonly seed?: number;
	/** Whether every iteration draws a new order, as `tf.data` does. Default: true. */
	readonly reshuffleEachIteration?: boolean;
}

/** What differs from one iteration over a data set to the next: nothing, the order, or even which elements it has. */
type Variation = "nothing" | "order" | "elements";

interface Recipe {
	readonly size: number;
	/** Draws the items of one iteration, in order. */
	readonly draw: () => readonly Item[];
	/** All items that an iteration can have, without drawing: those of every iteration unless `varies` is `elements`. */
	readonly candidates: () => readonly Item[];
	readonly varies: Variation;
	readonly classNames: readonly string[] | undefined;
}

/**
 * A data set with the semantics of `tf.data.Dataset`: a recipe that is followed anew at every iteration.
 *
 * What flows through `take`, `skip` and `shuffle` are light examples; images are read by what
 * `map` adds, when an element or a batch is asked for. (tfjs's own `tf.data` is not used: its
 * `shuffle` draws a new order at every iteration even where `reshuffleEachIteration` is false, and other orders
 * than Python's for the same seed.)
 */
export class ImageDataset<T extends Example<Label> = Example> {
	private constructor(private readonly recipe: Recipe) {}

	/**
	 * A data set of these examples, in this order.
	 *
	 * @param options `classNames`: the names of the labels 0, 1, …, which charts, grids and counts then use
	 */
	static from(
		examples: readonly Example[],
		{ classNames }: { readonly classNames?: readonly string[] } = {},
	): ImageDataset {
		const items = examples.map((example) => ({
			example,
			chain: MapChain.empty,
		}));
		const list = () => items;
		return new ImageDataset({
			size: items.length,
			draw: list,
			candidates: list,
			varies: "nothing",
			classNames,
		});
	}

	/** How many elements there are. */
	get size(): number {
		return this.recipe.size;
	}

	/** The names of the labels 0, 1, …, if they are known. */
	get classNames(): readonly string[] | undefined {
		return this.recipe.classNames;
	}

	/**
	 * The first `count` elements.
	 *
	 * @throws TransferLearningError if there are fewer, or if `count` is no whole number. (`tf.data` would silently give what there is.)
	 */
	take(count: number): ImageDataset<T> {
		this.requireElements("take", count);
		return this.cut(count, (items) => items.slice(0, count));
	}

	/**
	 * All but the first `count` elements.
	 *
	 * @throws TransferLearningError if there are fewer than `count`, or if that is no whole number.
	 */
	skip(count: number): ImageDataset<T> {
		this.requireElements("skip", count);
		return this.cut(this.size - count, (items) => items.slice(count));
	}

	/**
	 * The same elements in random order, each drawn from a buffer of the next `bufferSize`.
	 *
	 * **A new order is drawn at every iteration** unless `reshuffleEachIteration` is false. What
	 * `take` and `skip` cut from a shuffled data set is therefore another part of it every time.
	 *
	 * @throws TransferLearningError unless `bufferSize` is a whole number of 1 or more and `seed` an integer.
	 */
	shuffle(
		bufferSize: number,
		{ seed = randomSeed(), reshuffleEachIteration = true }: ShuffleOptions = {},
	): ImageDataset<T> {
		if (!Number.isInteger(bufferSize) || bufferSize < 1) {
			throw new TransferLearningError(
				`shuffle needs a buffer of 1 or more, not ${bufferSize}: as many elements as the data set has for an even shuffle, shuffle(${Math.max(this.size, 1)}).`,
			);
		}
		const shuffler = createShuffler(bufferSize, seed, reshuffleEachIteration);
		const { draw, candidates, varies } = this.recipe;
		const shuffled = () => shuffler(draw());
		if (!reshuffleEachIteration && varies === "nothing") {
			return this.with({ draw: shuffled, candidates: shuffled });
		}
		return this.with({
			draw: shuffled,
			candidates,
			varies: varies === "elements" ? varies : "order",
		});
	}

	/** Passes every element through `map`, whenever it is asked for. `map` may be a `MapFunction` that says that it is deterministic. */
	map(map: Preprocess): ImageDataset<ImageExample<T["label"]>>;
	map<U extends Example<Label>>(map: MapFunction<T, U>): ImageDataset<U>;
	map<U extends Example<Label>>(map: MapFunction<T, U>): ImageDataset<U> {
		const { draw, candidates } = this.recipe;
		const append = (items: readonly Item[]) =>
			items.map(({ example, chain }) => ({
				example,
				chain: chain.append(map as MapFunction<never, unknown>),
			}));
		return new ImageDataset<U>({
			...this.recipe,
			draw: () => append(draw()),
			candidates: () => append(candidates()),
		});
	}

	/**
	 * The elements whose example `predicate` accepts, in the same order.
	 *
	 * @param predicate sees the example as it was loaded, and must give the same answer every time
	 * @throws TransferLearningError after `map`, whose results are not known yet, and after a `take` or `skip` that cuts another part at every iteration.
	 */
	filter(predicate: (example: Example) => boolean): ImageDataset<T> {
		if (!this.recipe.candidates().every(({ chain }) => chain.isEmpty)) {
			throw new TransferLearningError(
				"filter looks at examples as they were loaded, and this data set has passed a map. Put filter before map.",
			);
		}
		return this.select(predicate, "filter");
	}

	/**
	 * The elements of this data set, then those of the other.
	 *
	 * @throws TransferLearningError if the two have different class names.
	 */
	concatenate(other: ImageDataset<T>): ImageDataset<T> {
		const [one, two] = [this.recipe, other.recipe];
		const classNames = one.classNames ?? two.classNames;
		const names = [one, two].map((recipe) => recipe.classNames ?? classNames);
		if (names[0]?.join("\n") !== names[1]?.join("\n")) {
			throw new TransferLearningError(
				`A data set of the classes ${names[0]?.join(", ")} cannot be joined with one of the classes ${names[1]?.join(", ")}: their labels mean different things.`,
			);
		}
		const order: readonly Variation[] = ["nothing", "order", "elements"];
		const rank = Math.max(order.indexOf(one.varies), order.indexOf(two.varies));
		return this.with({
			size: one.size + two.size,
			draw: () => [...one.draw(), ...two.draw()],
			candidates: () => [...one.candidates(), ...two.candidates()],
			varies: order[rank] as Variation,
			classNames,
		});
	}

	/**
	 * Keeps the elements in memory once they were computed, and the order in which they came first, as `tf.data`'s `cache` does.
	 *
	 * What is before it is followed once: a `shuffle` there draws one order, and an augmentation gives one
	 * result for each example. The memory is free when the data set is not in use any more. (`tf.data` forgets a cache
	 * that an iteration did not read to its end, behind a `take` for instance; this one does not.)
	 */
	cache(): ImageDataset<T> {
		const { draw } = this.recipe;
		const cached = cacheElements();
		let items: readonly Item[] | undefined;
		const once = () => {
			items ??= draw().map(cached);
			return items;
		};
		return this.with({ draw: once, candidates: once, varies: "nothing" });
	}

	/**
	 * Groups elements into batches of `batchSize`; the last one may be smaller. The elements need pixels: see `preprocess`.
	 *
	 * @throws TransferLearningError unless `batchSize` is a whole number of 1 or more.
	 */
	batch(this: ImageDataset<ImageExample>, batchSize: number): BatchedDataset {
		return new BatchedDataset(this, batchSize);
	}

	/** The examples of one iteration, in order, before any `map`. A shuffled data set draws a new order. */
	examples(): readonly Example[] {
		return this.items().map(({ example }) => example);
	}

	/** The examples of one iteration as `examples` gives them, each with what it passes through. */
	items(): readonly Item[] {
		return this.recipe.draw();
	}

	/** A data set of one of the elements, for which no order is drawn; empty if there are none. */
	sample(): ImageDataset<T> {
		const items = this.size > 0 ? this.recipe.candidates().slice(0, 1) : [];
		const list = () => items;
		return this.with({
			size: items.length,
			draw: list,
			candidates: list,
			varies: "nothing",
		});
	}

	/**
	 * The elements whose example `accept` accepts, mapped or not, in the same order.
	 *
	 * @param method what to call this in an error
	 * @throws TransferLearningError if every iteration has other elements.
	 */
	select(
		accept: (example: Example) => boolean,
		method = "select",
	): ImageDataset<T> {
		const { draw, candidates } = this.recipe;
		const select = (items: readonly Item[]) =>
			items.filter(({ example }) => accept(example));
		return this.with({
			size: this.candidates(method).filter(accept).length,
			draw: () => select(draw()),
			candidates: () => select(candidates()),
		});
	}

	/**
	 * The examples of every iteration, before any `map`, without drawing an order.
	 *
	 * @param method what to call this in an error
	 * @throws TransferLearningError if every iteration has other elements.
	 */
	candidates(method: string): readonly Example[] {
		if (this.recipe.varies === "elements") {
			throw new TransferLearningError(
				`${method} needs the same elements at every iteration, and here take or skip cuts another part of a reshuffled data set each time. Call ${method} before shuffle, or shuffle with reshuffleEachIteration: false.`,
			);
		}
		return this.recipe.candidates().map(({ example }) => example);
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<T> {
		for (const { example, chain } of this.items()) {
			yield (await chain.apply(example)) as T;
		}
	}

	private with(changes: Partial<Recipe>): ImageDataset<T> {
		return new ImageDataset<T>({ ...this.recipe, ...changes });
	}

	private cut(
		size: number,
		slice: (items: readonly Item[]) => readonly Item[],
	): ImageDataset<T> {
		const { draw, candidates, varies } = this.recipe;
		const isCut = size < this.size;
		const isFixed = varies === "nothing" || size === 0;
		return this.with({
			size,
			draw: () => slice(draw()),
			...(isFixed
				? { candidates: () => slice(candidates()), varies: "nothing" }
				: { varies: isCut ? "elements" : varies }),
		});
	}

	private requireElements(method: string, count: number): void {
		if (!Number.isInteger(count) || count < 0) {
			throw new TransferLearningError(
				`${method} needs a whole number from 0 to ${this.size}, not ${count}.`,
			);
		}
		if (count > this.size) {
			throw new TransferLearningError(
				`${method}(${count}) asks for more than there is: this data set has ${this.size} examples. Ask for at most ${this.size}.`,
			);
		}
	}
}

function randomSeed(): number {
	return Math.floor(Math.random() * 2 ** 32);
}
