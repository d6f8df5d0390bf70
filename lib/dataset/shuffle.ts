import { TransferLearningError } from "../errors";
import { philox } from "./philox";

// From `tensorflow/python/framework/random_seed.py`: the value of the global seed when only an operation's own
// seed is set, and the modulus of seeds.
const defaultGlobalSeed = 87654321;
const seedModulus = 2 ** 31 - 1;

/** Returns a list in its next random order. */
export type Shuffler = <T>(list: readonly T[]) => T[];

/**
 * Makes the same orders as `tf.data.Dataset.shuffle` in Python with the same seed.
 *
 * An order is drawn from a buffer of the next `bufferSize` elements: a random one leaves, the buffer's first element
 * takes its place, and the next element of the list comes in (`tensorflow/core/kernels/data/shuffle_dataset_op.cc`).
 *
 * @param bufferSize at least 1
 * @param seed an integer
 * @param reshuffleEachIteration whether each call draws a new order
 * @throws TransferLearningError unless the seed is an integer.
 */
export function createShuffler(
	bufferSize: number,
	seed: number,
	reshuffleEachIteration: boolean,
): Shuffler {
	if (!Number.isInteger(seed)) {
		throw new TransferLearningError(
			`A seed must be an integer, such as 42, not ${seed}.`,
		);
	}
	const ownSeed = ((seed % seedModulus) + seedModulus) % seedModulus;
	const fromSeed = () => philox(defaultGlobalSeed, ownSeed);
	const seeds = fromSeed();
	return <T>(list: readonly T[]) => {
		const random = reshuffleEachIteration
			? philox(seeds(), seeds())
			: fromSeed();
		// The buffer is order[start] up to order[end].
		const order = [...list];
		for (let start = 0; start < order.length; start++) {
			const end = Math.min(start + bufferSize, order.length);
			const chosen = start + (random() % (end - start));
			[order[start], order[chosen]] = [order[chosen] as T, order[start] as T];
		}
		return order;
	};
}
