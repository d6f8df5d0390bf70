import { tf } from "../tf";
import { type OptimizerStep, type Slot, slotOf } from "./optimizer_step";

/** tfjs's Adam, with what its type hides. */
export interface Adam {
	readonly learningRate: number;
	readonly beta1: number;
	readonly beta2: number;
	readonly epsilon: number;
	readonly iterations: number;
	/** `beta1` and `beta2` to the power of the steps, the next one included. */
	readonly accBeta1: tf.Variable;
	readonly accBeta2: tf.Variable;
	readonly accumulatedFirstMoment: Slot[];
	readonly accumulatedSecondMoment: Slot[];
	incrementIterations(): void;
}

/**
 * Adam as in `update_step` of `keras/src/optimizers/adam.py`, 3.15.
 *
 * It divides by `sqrt(v) + epsilon`. tfjs uses `v` after its bias correction, Keras before (Kingma and Ba's "epsilon hat", the
 * end of their section 2), so the same 1e-7 counts 32 times as much in Keras's first step. This matters for gradients of
 * that size: losses differ by 1e-4 after one step of the walkthrough.
 */
export function createAdamStep(
	adam: Adam,
	variables: readonly tf.Variable[],
): OptimizerStep {
	const { beta1, beta2, epsilon } = adam;
	const momentsOf = (variable: tf.Variable, i: number) => [
		slotOf(adam.accumulatedFirstMoment, i, variable, "m"),
		slotOf(adam.accumulatedSecondMoment, i, variable, "v"),
	];
	let alpha: tf.Scalar;
	let changed: tf.Variable[] = [];
	return {
		prepare() {
			const step = adam.iterations + 1;
			// In single precision at each operation, as in Keras: for 0.999, 1 - beta is 1.3e-5 less than in double precision.
			const { fround, sqrt } = Math;
			const [rest1, rest2] = [beta1, beta2].map((beta) =>
				fround(1 - fround(fround(beta) ** step)),
			) as [number, number];
			const scaled = fround(fround(adam.learningRate) * fround(sqrt(rest2)));
			alpha = tf.scalar(scaled / rest1);
			return [alpha, ...variables.flatMap(momentsOf)];
		},
		compute(gradients) {
			changed = [];
			return variables.flatMap((variable, i) => {
				const gradient = gradients[i];
				if (!gradient) return [];
				const [first, second] = momentsOf(variable, i) as [
					tf.Variable,
					tf.Variable,
				];
				changed.push(variable, first, second);
				return tf.tidy(() => {
					const m = moveTowards(first, gradient, 1 - beta1);
					const v = moveTowards(second, tf.square(gradient), 1 - beta2);
					const step = tf.div(tf.mul(m, alpha), tf.add(tf.sqrt(v), epsilon));
					return [tf.sub(variable, step), m, v];
				});
			});
		},
		apply(results) {
			for (const [i, variable] of changed.entries()) {
				variable.assign(results[i] as tf.Tensor);
			}
			tf.tidy(() => {
				adam.accBeta1.assign(tf.scalar(beta1 ** (adam.iterations + 2)));
				adam.accBeta2.assign(tf.scalar(beta2 ** (adam.iterations + 2)));
			});
			adam.incrementIterations();
		},
	};
}

function moveTowards(from: tf.Tensor, to: tf.Tensor, share: number): tf.Tensor {
	return tf.add(from, tf.mul(tf.sub(to, from), share));
}
