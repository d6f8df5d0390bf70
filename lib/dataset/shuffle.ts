import { TransferLearningError } from "../errors";
import { philox } from "./philox";

// From `tensorflow/python/framework/random_seed.py`: what stands for the global seed where only an
// operation's own is set, and what seeds are reduced by.
const defaultGlobalSeed = 87654321;
const seedModulus = 2 ** 31 - 1;

/** Draws the next order of a list. */
export type Shuffler = <T>(list: readonly T[]) => T[];

/**
 * Makes orders as `tf.data.Dataset.shuffle` makes them, number for number: the same seed gives the same orders as in Python.
 *
 * An order is drawn from a buffer of the next `bufferSize` elements: a random one leaves, the first of the buffer takes its
 * place, and the next element of the list comes in (`tensorflow/core/kernels/data/shuffle_dataset_op.cc`).
 *
 * @param seed an integer
 * @param reshuffleEachIteration whether each call draws a new order
 * @throws TransferLearningError if the seed is no integer.
 */
export function createShuffler(
	bufferSize: number,
	seed: number,
	reshuffleEachIteration: boolean,
): Shuffler {
	if (!Number.isInteger(seed)) {
		throw new TransferLearningError(
			`A seed is an integer, such as 42, not ${seed}.`,
		);
	}
	const own = ((seed % seedModulus) + seedModulus) % seedModulus;
	const ofSeed = () => philox([defaultGlobalSeed, 0], [own, 0]);
	const seeds = ofSeed();
	return (list) =>
		shuffleOnce(
			list,
			bufferSize,
			reshuffleEachIteration ? philox([seeds(), 0], [seeds(), 0]) : ofSeed(),
		);
}

function shuffleOnce<T>(
	list: readonly T[],
	bufferSize: number,
	random: () => number,
): T[] {
	// The buffer is order[start] up to order[end].
	const order = [...list];
	for (let start = 0; start < order.length; start++) {
		const end = Math.min(start + bufferSize, order.length);
		const chosen = start + (random() % (end - start));
		[order[start], order[chosen]] = [order[chosen] as T, order[start] as T];
	}
	return order;
}
