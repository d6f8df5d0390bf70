import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xorshift128plus } from "pure-rand/generator/xorshift128plus";

/** A random sequence determined by its seed. */
export interface Random {
	/** A number from `low` up to, but not including, `high`. */
	between(low: number, high: number): number;
	/** True with probability `share`, 0–1. */
	chance(share: number): boolean;
	/** One of the items, all equally likely. */
	pick<T>(items: readonly T[]): T;
}

/** Numbers to discard: neighbouring seeds begin with similar ones. */
const warmUp = 64;

/** Starts a random sequence from an integer seed. */
export function createRandom(seed: number): Random {
	// Spread the seed over all bits (Knuth's multiplicative hashing): even seeds draw cats, odd ones dogs, and the numbers must not show it.
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
