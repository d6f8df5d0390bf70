import type { Example, Label } from "./example";
import { type Item, MapChain } from "./map_chain";

/**
 * Makes a function that replaces an item's maps by a cache of their results: each example is computed once, and kept
 * while both the example and that function are in use.
 */
export function cacheElements(): (item: Item) => Item {
	const chains = new Map<MapChain, MapChain>();
	return (item) => {
		const { example, chain } = item;
		// Without a map, there is nothing to compute.
		if (chain.isEmpty) return item;
		let cached = chains.get(chain);
		if (!cached) {
			const map = Object.assign(remember(chain), { deterministic: true });
			cached = MapChain.empty.append(map);
			chains.set(chain, cached);
		}
		return { example, chain: cached };
	};
}

function remember(
	chain: MapChain,
): (example: Example) => Promise<Example<Label>> {
	const elements = new WeakMap<Example, Promise<Example<Label>>>();
	return (example) => {
		let element = elements.get(example);
		if (!element) {
			element = chain.apply(example);
			elements.set(example, element);
			// A failure is not cached: the next access tries again.
			element.catch(() => elements.delete(example));
		}
		return element;
	};
}
