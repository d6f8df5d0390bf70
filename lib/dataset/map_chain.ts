import type { Example, ImageExample, Label } from "./example";

/**
 * Turns one element of a data set into another.
 *
 * If a function always returns the same result for the same example, it can say so with a property
 * `deterministic: true`, as `preprocess` does. `fit` may then cache what it computes from the result. Augmentation is not
 * deterministic.
 *
 * @example
 * ```ts
 * const invert = (example: Example) => ({ ...example, label: 1 - example.label });
 * dataset.map(Object.assign(invert, { deterministic: true }));
 * ```
 */
export type MapFunction<T, U> = ((element: T) => U | Promise<U>) & {
	readonly deterministic?: boolean;
};

/** Reads, decodes, resizes and scales an example's image; the label does not change. */
export type Preprocess = (<L extends Label>(
	example: Example<L>,
) => Promise<ImageExample<L>>) & { readonly deterministic: true };

type AnyMap = MapFunction<never, unknown>;

/** The maps that turn an example into an element. The same functions in the same order are the same chain. */
export class MapChain {
	/** The chain without any map. */
	static readonly empty = new MapChain([]);
	/** Weak, so that a chain is freed when its last function is no longer in use. */
	private readonly longer = new WeakMap<AnyMap, MapChain>();

	private constructor(private readonly maps: readonly AnyMap[]) {}

	/** Returns this chain with one more function at its end. */
	append(map: AnyMap): MapChain {
		const chain = this.longer.get(map) ?? new MapChain([...this.maps, map]);
		this.longer.set(map, chain);
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

	/** Whether the chain has no map. */
	get isEmpty(): boolean {
		return this.maps.length === 0;
	}
}

/** An example, and the maps that turn it into an element. */
export interface Item {
	readonly example: Example;
	readonly chain: MapChain;
}
