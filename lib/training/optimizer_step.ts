import { tf } from "../tf";

/**
 * A step of an optimizer in two parts: tensors are computed, in a graph if there is one, and then assigned. The step is that of
 * Keras's optimizer of that name with the same settings.
 */
export interface OptimizerStep {
	/** Returns what `compute` takes for the next step besides gradients and variables; the caller disposes it. */
	prepare(): tf.Tensor[];
	/** @param gradients one for each variable, or null */
	compute(gradients: readonly (tf.Tensor | null)[]): tf.Tensor[];
	/** Changes the variables by the results of `compute`. */
	apply(results: readonly tf.Tensor[]): void;
}

/** An optimizer's state for one variable, as tfjs keeps and saves it. */
export interface Slot {
	readonly originalName: string;
	readonly variable: tf.Variable;
}

/** Returns an optimizer's state for one variable, which starts as zeros. */
export function slotOf(
	slots: Slot[],
	i: number,
	{ name, shape }: tf.Variable,
	slot: string,
): tf.Variable {
	slots[i] ??= {
		originalName: `${name}/${slot}`,
		variable: tf.tidy(() => tf.zeros(shape).variable(false)),
	};
	return slots[i].variable;
}
