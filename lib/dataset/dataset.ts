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

/**
 * Options of `shuffle`.
 *
 * @example dataset.shuffle(1000, { seed: 42, reshuffleEachIteration: false });
 */
export interface ShuffleOptions {
	/**
	 * An integer that makes the orders the same in every run, and the same as those of `tf.data` in Python.
	 * @default a random seed
	 */
	readonly seed?: number;
	/**
	 * Whether to draw a new order at every iteration, as `tf.data` does.
	 * @default true
	 */
	readonly reshuffleEachIteration?: boolean;
}

/** What changes between iterations, from least to most: nothing, the order, or even which elements there are. */
const variations = ["nothing", "order", "elements"] as const;

interface Recipe {
	readonly size: number;
	/** Draws the items of one iteration, in order. */
	readonly draw: () => readonly Item[];
	/** All items that an iteration can have, without drawing an order; they are the same every time unless `varies` is `elements`. */
	readonly candidates: () => readonly Item[];
	readonly varies: (typeof variations)[number];
	readonly classNames: readonly string[] | undefined;
}

/**
 * A data set with the semantics of `tf.data.Dataset`: a recipe that is followed again at every iteration.
 *
 * `take`, `skip` and `shuffle` handle light examples; the functions added with `map` read the images when an
 * element or a batch is needed. (tfjs's own `tf.data` is not used: its `shuffle` draws a new order at every
 * iteration even with `reshuffleEachIteration: false`, and its orders differ from Python's for the same seed.)
 *
 * @example const batches = train.shuffle(1000).map(preprocess).batch(32).prefetch(1);
 */
export class ImageDataset<T extends Example<Label> = Example> {
	private constructor(private readonly recipe: Recipe) {}

	/**
	 * Creates a data set of the given examples, in their order.
	 *
	 * @param options `classNames`: the names of the labels 0, 1, …, for charts, grids and counts
	 * @example ImageDataset.from([{ id: "1.jpg", label: 0, read: () => readFile("1.jpg") }], { classNames: ["cat", "dog"] });
	 */
	static from(
		examples: readonly Example[],
		{ classNames }: { readonly classNames?: readonly string[] } = {},
	): ImageDataset {
		const items = examples.map((example) => ({
			example,
			chain: MapChain.empty,
		}));
		return new ImageDataset({
			size: items.length,
			classNames,
			...fixed(() => items),
		});
	}

	/** The number of elements. */
	get size(): number {
		return this.recipe.size;
	}

	/** The names of the labels 0, 1, …, if they are known. */
	get classNames(): readonly string[] | undefined {
		return this.recipe.classNames;
	}

	/**
	 * Takes the first `count` elements.
	 *
	 * @throws TransferLearningError unless `count` is a whole number from 0 to `size`. (`tf.data` would silently return fewer.)
	 * @example const first = dataset.take(1000);
	 */
	take(count: number): ImageDataset<T> {
		this.requireElements("take", count);
		return this.cut(count, (items) => items.slice(0, count));
	}

	/**
	 * Takes all but the first `count` elements.
	 *
	 * @throws TransferLearningError unless `count` is a whole number from 0 to `size`.
	 * @example const others = dataset.skip(1000);
	 */
	skip(count: number): ImageDataset<T> {
		this.requireElements("skip", count);
		return this.cut(this.size - count, (items) => items.slice(count));
	}

	/**
	 * Puts the elements in random order, drawing each from a buffer of the next `bufferSize`.
	 *
	 * **Every iteration draws a new order** unless `reshuffleEachIteration` is false, so `take` and `skip` after
	 * `shuffle` select different elements every time.
	 *
	 * @param bufferSize at least 1; use `dataset.size` for an even shuffle
	 * @throws TransferLearningError unless `bufferSize` is a whole number of 1 or more and `seed` an integer.
	 * @example dataset.shuffle(dataset.size, { seed: 42 });
	 */
	shuffle(
		bufferSize: number,
		{ seed = randomSeed(), reshuffleEachIteration = true }: ShuffleOptions = {},
	): ImageDataset<T> {
		if (!Number.isInteger(bufferSize) || bufferSize < 1) {
			throw new TransferLearningError(
				`shuffle needs a buffer size of 1 or more, not ${bufferSize}. For an even shuffle, use the size of the data set: shuffle(${Math.max(this.size, 1)}).`,
			);
		}
		const shuffler = createShuffler(bufferSize, seed, reshuffleEachIteration);
		const { candidates, varies } = this.recipe;
		if (!reshuffleEachIteration && varies === "nothing") {
			return this.transform(shuffler);
		}
		return this.transform(shuffler, {
			candidates,
			varies: varies === "nothing" ? "order" : varies,
		});
	}

	/**
	 * Passes every element through `map` whenever it is needed.
	 *
	 * @param map `preprocess`, or a function of your own; see `MapFunction` for how it can declare itself deterministic
	 * @example dataset.map(preprocess).map((example) => ({ ...example, label: 1 - example.label }));
	 */
	map(map: Preprocess): ImageDataset<ImageExample<T["label"]>>;
	map<U extends Example<Label>>(map: MapFunction<T, U>): ImageDataset<U>;
	map<U extends Example<Label>>(map: MapFunction<T, U>): ImageDataset<U> {
		return this.transform<U>((items) =>
			items.map(({ example, chain }) => ({
				example,
				chain: chain.append(map as MapFunction<never, unknown>),
			})),
		);
	}

	/**
	 * Keeps the elements whose example `predicate` accepts, in the same order.
	 *
	 * @param predicate gets the example as it was loaded, and must return the same answer every time
	 * @throws TransferLearningError after `map`, whose results are not known yet, and after a `take` or `skip` that selects
	 * different elements at every iteration.
	 * @example const dogs = dataset.filter(({ label }) => label === 1);
	 */
	filter(predicate: (example: Example) => boolean): ImageDataset<T> {
		if (!this.recipe.candidates().every(({ chain }) => chain.isEmpty)) {
			throw new TransferLearningError(
				"filter checks examples as they were loaded, but this data set already has a map. Put filter before map.",
			);
		}
		this.candidates("filter");
		return this.select(predicate);
	}

	/**
	 * Appends the elements of another data set.
	 *
	 * @throws TransferLearningError if the two have different class names.
	 * @example const all = train.concatenate(test);
	 */
	concatenate(other: ImageDataset<T>): ImageDataset<T> {
		const [one, two] = [this.recipe, other.recipe];
		const { classNames = two.classNames } = one;
		const { classNames: otherNames = classNames } = two;
		if (classNames?.join("\n") !== otherNames?.join("\n")) {
			throw new TransferLearningError(
				`A data set with the classes ${classNames?.join(", ")} cannot be joined with one with the classes ${otherNames?.join(", ")}: their labels mean different things. Give both data sets the same classNames.`,
			);
		}
		const [first, second] = [one, two].map(({ varies }) =>
			variations.indexOf(varies),
		) as [number, number];
		return new ImageDataset<T>({
			size: one.size + two.size,
			draw: () => [...one.draw(), ...two.draw()],
			candidates: () => [...one.candidates(), ...two.candidates()],
			varies: first > second ? one.varies : two.varies,
			classNames,
		});
	}

	/**
	 * Keeps elements in memory once they have been computed, and their first order, as `tf.data`'s `cache` does.
	 *
	 * Everything before it runs once: a `shuffle` draws one order, and an augmentation gives one result for each
	 * example. The memory is freed when the data set is no longer in use. (`tf.data` discards a cache that an
	 * iteration did not read to the end, such as before `take`; this one is kept.)
	 *
	 * @example const batches = dataset.map(preprocess).cache().shuffle(1000).batch(32);
	 */
	cache(): ImageDataset<T> {
		const cached = cacheElements();
		let items: readonly Item[] | undefined;
		return this.with(
			fixed(() => {
				items ??= this.items().map(cached);
				return items;
			}),
		);
	}

	/**
	 * Groups elements into batches of `batchSize`; the last one may be smaller. The elements need pixels: see `preprocess`.
	 *
	 * @throws TransferLearningError unless `batchSize` is a whole number of 1 or more.
	 * @example const batches = dataset.map(preprocess).batch(32);
	 */
	batch(this: ImageDataset<ImageExample>, batchSize: number): BatchedDataset {
		return new BatchedDataset(this, batchSize);
	}

	/**
	 * Lists the examples of one iteration, in order, before any `map`. A shuffled data set draws a new order.
	 *
	 * @example const names = dataset.examples().map(({ id }) => id);
	 */
	examples(): readonly Example[] {
		return this.items().map(({ example }) => example);
	}

	/** Lists the examples of one iteration with their maps. A shuffled data set draws a new order. */
	items(): readonly Item[] {
		return this.recipe.draw();
	}

	/** Returns a data set of one element, chosen without drawing an order; empty if there are none. */
	sample(): ImageDataset<T> {
		const items = this.size > 0 ? this.recipe.candidates().slice(0, 1) : [];
		return this.with({ size: items.length, ...fixed(() => items) });
	}

	/**
	 * Keeps the elements whose example `accept` accepts, mapped or not, in the same order.
	 *
	 * @throws TransferLearningError if every iteration has different elements.
	 */
	select(accept: (example: Example) => boolean): ImageDataset<T> {
		return this.transform(
			(items) => items.filter(({ example }) => accept(example)),
			{ size: this.candidates("select").filter(accept).length },
		);
	}

	/**
	 * Lists the examples, which are the same at every iteration, before any `map` and without drawing an order.
	 *
	 * @param method the method to name in an error
	 * @throws TransferLearningError if every iteration has different elements.
	 */
	candidates(method: string): readonly Example[] {
		if (this.recipe.varies === "elements") {
			throw new TransferLearningError(
				`${method} needs the same elements at every iteration, but take or skip selects different ones each time this data set is reshuffled. Call ${method} before shuffle, or shuffle with reshuffleEachIteration: false.`,
			);
		}
		return this.recipe.candidates().map(({ example }) => example);
	}

	/** Computes one element after the other. A shuffled data set draws a new order. */
	async *[Symbol.asyncIterator](): AsyncGenerator<T> {
		for (const { example, chain } of this.items()) {
			yield (await chain.apply(example)) as T;
		}
	}

	private with(changes: Partial<Recipe>): ImageDataset<T> {
		return new ImageDataset<T>({ ...this.recipe, ...changes });
	}

	/** Applies `change` to the items, whether drawn or listed as candidates; `changes` overrides the rest of the recipe. */
	private transform<U extends Example<Label> = T>(
		change: (items: readonly Item[]) => readonly Item[],
		changes: Partial<Recipe> = {},
	): ImageDataset<U> {
		const { draw, candidates } = this.recipe;
		return new ImageDataset<U>({
			...this.recipe,
			draw: () => change(draw()),
			candidates: () => change(candidates()),
			...changes,
		});
	}

	private cut(
		size: number,
		slice: (items: readonly Item[]) => readonly Item[],
	): ImageDataset<T> {
		const { candidates, varies } = this.recipe;
		if (varies === "nothing" || size === 0) {
			return this.transform(slice, { size, varies: "nothing" });
		}
		const isCut = size < this.size;
		return this.transform(slice, {
			size,
			candidates,
			varies: isCut ? "elements" : varies,
		});
	}

	private requireElements(method: string, count: number): void {
		if (Number.isInteger(count) && count >= 0 && count <= this.size) return;
		throw new TransferLearningError(
			`${method} needs a whole number from 0 to ${this.size}, not ${count}: this data set has ${this.size} examples.`,
		);
	}
}

/** The part of a recipe that gives the same list at every iteration. */
function fixed(
	list: () => readonly Item[],
): Pick<Recipe, "draw" | "candidates" | "varies"> {
	return { draw: list, candidates: list, varies: "nothing" };
}

function randomSeed(): number {
	return Math.floor(Math.random() * 2 ** 32);
}
