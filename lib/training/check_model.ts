import { BatchedDataset } from "../dataset/batches";
import { TransferLearningError } from "../errors";
import {
	compiledWeights,
	type LayerVariable,
	trainableNow,
} from "../graph/compiled";
import type { tf } from "../tf";

/**
 * Checks that a data set has batches to iterate over.
 *
 * @param name the data set's name in the error
 * @throws TransferLearningError if it is not in batches, or has no examples.
 */
export function requireExamples(
	data: BatchedDataset,
	name = "The data set",
): void {
	if (!(data instanceof BatchedDataset)) {
		throw new TransferLearningError(
			`${name} is not in batches. Call batch(32) on it.`,
		);
	}
	if (data.dataset.size > 0) return;
	throw new TransferLearningError(
		`${name} has no examples. Check the take, skip, filter or split that it comes from.`,
	);
}

/**
 * Returns the weights to train: those that were trainable when the model was compiled, as in Keras. Prints a line
 * if `trainable` has changed since.
 *
 * @throws TransferLearningError if there are none.
 */
export function trainedWeights(
	model: tf.LayersModel,
): readonly LayerVariable[] {
	const now = trainableNow(model);
	const compiled = compiledWeights(model) ?? now;
	if (
		now.length !== compiled.length ||
		!compiled.every((w) => now.includes(w))
	) {
		console.log(
			`"${model.name}": trainable has changed since the model was compiled. Compile the model again for the change to take effect.`,
		);
	}
	if (compiled.length === 0) {
		throw new TransferLearningError(
			`The model "${model.name}" has nothing to train: all its layers are frozen. Set trainable to true on one of them, and compile the model again.`,
		);
	}
	return compiled;
}

/**
 * Checks that an optimizer that was given by name has Keras's default rate.
 *
 * @throws TransferLearningError for those whose rate is another one in tfjs.
 */
export function requireKerasRate(model: tf.LayersModel): void {
	const { name, optimizer } = model;
	// tfjs owns what it made from a name. Its type keeps that to itself.
	const { isOptimizerOwned } = model as unknown as {
		readonly isOptimizerOwned?: boolean;
	};
	const given = optimizer.getClassName().toLowerCase();
	// tfjs 4.22: 0.01, 1 and 0.002. Keras 3: 0.001 for each.
	const differs = ["adagrad", "adadelta", "adamax"].includes(given);
	if (!isOptimizerOwned || !differs) return;
	throw new TransferLearningError(
		`Model "${name}" was compiled with the optimizer "${given}" by name, whose default learning rate is not Keras's. Give the rate: model.compile({ optimizer: tf.train.${given}(0.001), … }).`,
	);
}

/** By optimizer: the weights that its state (momentum, moments) belongs to. */
const weightsOf = new WeakMap<tf.Optimizer, readonly LayerVariable[]>();

/**
 * Checks that an optimizer continues with the weights that it started with: tfjs's optimizers keep their state by
 * position, and would use one weight's moments for another.
 *
 * @throws TransferLearningError if it was used with other weights.
 */
export function requireOwnOptimizer(
	{ name, optimizer }: tf.LayersModel,
	weights: readonly LayerVariable[],
): void {
	// Plain gradient descent has no state.
	if (optimizer.getClassName() === "SGD") return;
	const known = weightsOf.get(optimizer) ?? weights;
	const isSame =
		known.length === weights.length &&
		known.every((weight, i) => weight === weights[i]);
	if (!isSame) {
		throw new TransferLearningError(
			`The optimizer of model "${name}" was used with other weights before, and keeps a state for each of them. Compile the model with a new one: model.compile({ optimizer: tf.train.adam(0.001), … }).`,
		);
	}
	weightsOf.set(optimizer, weights);
}
