import { tf } from "../tf";

/** What tfjs's Adam does not show in its type. */
interface AdamState {
	readonly beta2: number;
	epsilon: number;
}

/**
 * Runs one step of the optimizer; if that is Adam, with `epsilon` meaning what it means in Keras.
 *
 * Adam divides by `sqrt(v) + epsilon`. tfjs takes `v` after its bias correction, Keras before (Kingma and Ba's "epsilon
 * hat", the end of their section 2), which in the first step makes the same 1e-7 count 32 times as much. A
 * weight whose gradient is about as small then takes another step: losses differ by 1e-4 after one step of the walkthrough.
 *
 * @param step calls the optimizer's `minimize` or `applyGradients` once
 */
export function stepLikeKeras<T>(optimizer: tf.Optimizer, step: () => T): T {
	if (!(optimizer instanceof tf.AdamOptimizer)) return step();
	const adam = optimizer as unknown as AdamState;
	const { epsilon } = adam;
	const correction = 1 - adam.beta2 ** (optimizer.iterations + 1);
	adam.epsilon = epsilon / Math.sqrt(correction);
	try {
		return step();
	} finally {
		adam.epsilon = epsilon;
	}
}
