import type { Example, ImageExample, Label } from "./example";

/**
 * Turns one element of a data set into another.
 *
 * A function that gives the same result whenever it is given the same example says so with a
 * property `deterministic: true`, as `preprocess` does: then `fit` may keep what it computed from the result.
 * Augmentation is not deterministic.
 */
export type MapFunction<T, U> = ((element: T) => U | Promise<U>) & {
	readonly deterministic?: boolean;
};

/** Reads, decodes, resizes and scales an example's image; the label stays as it is. */
export type Preprocess = (<L extends Label>(
	example: Example<L>,
) => Promise<ImageExample<L>>) & { readonly deterministic: true };

type AnyMap = MapFunction<never, unknown>;

/** The `map`s that an example passes to become an element. The same functions in the same order are the same chain. */
export class MapChain {
	/** The chain of an example that passes no `map`. */
	static readonly empty = new MapChain([]);
	/** Keeps no chain alive whose last function is not in use any more. */
	private readonly longer = new WeakMap<AnyMap, MapChain>();

	private constructor(private readonly maps: readonly AnyMap[]) {}

	/** This chain with one more function at its end. */
	append(map: AnyMap): MapChain {
		let chain = this.longer.get(map);
		if (!chain) {
			chain = new MapChain([...this.maps, map]);
			this.longer.set(map, chain);
		}
		return chain;
	}

	/** Passes an example through the functions. */
	async apply(example: Example): Promise<Example<Label>> {
		let element: unknown = example;
		for (const map of this.maps) element = await map(element as never);
		return element as Example<Label>;
	}

	/** Whether an example always becomes the same element. */
	get isDeterministic(): boolean {
		return this.maps.every((map) => map.deterministic === true);
	}

	get isEmpty(): boolean {
		return this.maps.length === 0;
	}
}

/** An example, and what it passes through to become an element. */
export interface Item {
	readonly example: Example;
	readonly chain: MapChain;
}
