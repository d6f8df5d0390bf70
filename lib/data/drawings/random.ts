import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xorshift128plus } from "pure-rand/generator/xorshift128plus";

/** Draws from a sequence that its seed decides. */
export interface Random {
	/** A number from `low` up to `high`. */
	between(low: number, high: number): number;
	/** True in `share` of the cases, 0–1. */
	chance(share: number): boolean;
	/** One of the items. */
	pick<T>(items: readonly T[]): T;
}

/** Starts a sequence from a seed, an integer. */
export function createRandom(seed: number): Random {
	const generator = xorshift128plus(seed);
	const next = () => uniformFloat64(generator);
	return {
		between: (low, high) => low + (high - low) * next(),
		chance: (share) => next() < share,
		pick: (items) => items[Math.floor(next() * items.length)] as never,
	};
}
