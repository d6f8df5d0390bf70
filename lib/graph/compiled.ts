import { tf } from "../tf";

/** A weight of a layer: a variable with a name and a constraint. */
export type LayerVariable = tf.layers.Layer["weights"][number];

/** By model: the weights that were trainable when it was last compiled. */
const weightsOf = new WeakMap<tf.LayersModel, readonly LayerVariable[]>();

/**
 * Makes `compile` record which weights are trainable; called once for the process. (tfjs's own record includes the
 * weights of a frozen model at the start of a Sequential.)
 */
export function registerCompile(): void {
	for (const { prototype } of [tf.LayersModel, tf.Sequential]) {
		const compile = prototype.compile;
		prototype.compile = function (this: tf.LayersModel, args) {
			compile.call(this, args);
			weightsOf.set(this, trainableNow(this));
		};
	}
}

/** Returns the weights that are trainable now, each once; tfjs lists those of a layer that is also in a nested model twice. */
export function trainableNow(model: tf.LayersModel): readonly LayerVariable[] {
	return [...new Set(model.trainableWeights)];
}

/** Returns the weights that were trainable when the model was compiled, or undefined if it was not. */
export function compiledWeights(
	model: tf.LayersModel,
): readonly LayerVariable[] | undefined {
	return weightsOf.get(model);
}

/** Returns the loss that a model was compiled with, as a function, or undefined if it was not compiled. */
export function compiledLoss(
	model: tf.LayersModel,
): tf.LayersModel["lossFunctions"][0] | undefined {
	// A Sequential compiles a model inside it, and copies everything from it except the loss functions.
	const { model: inner = model } = model as unknown as {
		readonly model?: tf.LayersModel;
	};
	return inner.lossFunctions?.[0];
}
