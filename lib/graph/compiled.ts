import { tf } from "../tf";

/** A weight of a layer: a variable with a name, a constraint and a place in the layer's list. */
export type LayerVariable = tf.layers.Layer["weights"][number];

/** By model: the weights that were trainable when it was compiled last. */
const weightsOf = new WeakMap<tf.LayersModel, readonly LayerVariable[]>();

/**
 * Lets `compile` note which weights are trainable, once for the process. (What tfjs notes itself counts those of a frozen
 * model at the head of a Sequential, too.)
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

/** The weights that are trainable now, each once; tfjs lists those of a layer that also lies in a nested model twice. */
export function trainableNow(model: tf.LayersModel): readonly LayerVariable[] {
	return [...new Set(model.trainableWeights)];
}

/** The weights that were trainable when the model was compiled; undefined if it was not. */
export function compiledWeights(
	model: tf.LayersModel,
): readonly LayerVariable[] | undefined {
	return weightsOf.get(model);
}

/** The loss that the model was compiled with, as a function. */
export function compiledLoss(
	model: tf.LayersModel,
): tf.LayersModel["lossFunctions"][0] | undefined {
	// A Sequential compiles a model inside it, and copies all that this makes except for the loss functions.
	const { model: inner = model } = model as unknown as {
		readonly model?: tf.LayersModel;
	};
	return inner.lossFunctions?.[0];
}
