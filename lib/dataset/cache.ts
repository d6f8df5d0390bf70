import type { Example, Label } from "./example";
import { type Item, MapChain } from "./map_chain";

/**
 * Makes a function that cuts an item's chain off: the result of the chain is computed once for each example, and kept
 * as long as the example and the function's results are in use.
 */
export function cacheElements(): (item: Item) => Item {
	const chains = new Map<MapChain, MapChain>();
	return (item) => {
		const { example, chain } = item;
		// Without a map, there is nothing to compute.
		if (chain.isEmpty) return item;
		let cached = chains.get(chain);
		if (!cached) {
			cached = MapChain.empty.append(
				Object.assign(remember(chain), { deterministic: true }),
			);
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
			// What failed is tried again.
			element.catch(() => elements.delete(example));
		}
		return element;
	};
}
