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

/** Neighbouring seeds begin alike; after as many numbers they have nothing in common any more. */
const warmUp = 64;

/** Starts a sequence from a seed, an integer. */
export function createRandom(seed: number): Random {
	// Spread over all bits (Knuth's multiplicative hashing): which species a seed draws must not show in it.
	const generator = xorshift128plus(Math.imul(seed, 0x9e3779b1));
	const next = () => uniformFloat64(generator);
	for (let i = 0; i < warmUp; i++) next();
	return {
		between: (low, high) => low + (high - low) * next(),
		chance: (share) => next() < share,
		pick: <T>(items: readonly T[]) =>
			items[Math.floor(next() * items.length)] as T,
	};
}
