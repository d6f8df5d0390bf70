import { BatchedDataset } from "../dataset/batches";
import { TransferLearningError } from "../errors";
import {
	compiledWeights,
	type LayerVariable,
	trainableNow,
} from "../graph/compiled";
import { tf } from "../tf";

/**
 * Checks that there are batches to iterate over.
 *
 * @param option where the data set was given: `data` or `validationData`
 */
export function requireExamples(
	data: BatchedDataset,
	option = "The data set",
): void {
	if (!(data instanceof BatchedDataset)) {
		throw new TransferLearningError(
			`${option} is not in batches. Call batch(32) on it.`,
		);
	}
	if (data.dataset.size > 0) return;
	throw new TransferLearningError(
		`${option} has no examples. Check what take, skip, filter or the split left of it.`,
	);
}

/** Checks that a number is whole and within bounds. */
export function requireInteger(
	name: string,
	value: number,
	lowest: number,
	advice: string,
): void {
	if (Number.isInteger(value) && value >= lowest) return;
	throw new TransferLearningError(
		`${name} must be a whole number of at least ${lowest}, not ${value}. ${advice}`,
	);
}

/**
 * The weights that training changes: those that were trainable when the model was compiled, as in Keras. Prints a line
 * if that is not so any more.
 *
 * @throws TransferLearningError if there are none.
 */
export function trainedWeights(
	model: tf.LayersModel,
): readonly LayerVariable[] {
	const now = new Set(trainableNow(model));
	const compiled = compiledWeights(model) ?? [...now];
	if (now.size !== compiled.length || !compiled.every((w) => now.has(w))) {
		console.log(
			`"${model.name}": trainable has changed since the model was compiled, and that takes effect when you compile it again.`,
		);
	}
	if (compiled.length === 0) {
		throw new TransferLearningError(
			`The model "${model.name}" has nothing to train: all its layers are frozen. Set trainable to true on one of them, and compile the model again.`,
		);
	}
	return compiled;
}

/** By optimizer: the weights that its state (momentum, moments) belongs to. */
const weightsOf = new WeakMap<tf.Optimizer, readonly LayerVariable[]>();

/**
 * Checks that an optimizer goes on with the weights that it began with: tfjs's optimizers keep their state by position, and would
 * use one weight's moments for another.
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

/**
 * Checks class weights: by class index, each a number of at least 0.
 *
 * @param classes how many classes the model tells apart
 */
export function checkClassWeight(
	classWeight: Readonly<Record<number, number>>,
	model: tf.LayersModel,
): void {
	const output = model.outputs[0]?.shape ?? [];
	const [last] = output.slice(-1);
	if (output.length !== 2 || !last) {
		throw new TransferLearningError(
			`classWeight needs a model with one output for each class, and "${model.name}" gives [${output.map((size) => size ?? "n").join(", ")}].`,
		);
	}
	const classes = last === 1 ? 2 : last;
	for (const [label, weight] of Object.entries(classWeight)) {
		const index = Number(label);
		if (!(Number.isInteger(index) && index >= 0 && index < classes)) {
			throw new TransferLearningError(
				`classWeight has a weight for class ${label}, and the model's classes are 0 to ${classes - 1}.`,
			);
		}
		if (!(weight >= 0 && Number.isFinite(weight))) {
			throw new TransferLearningError(
				`classWeight gives class ${label} the weight ${weight}. A weight is a number of at least 0; 1 changes nothing.`,
			);
		}
	}
}

/**
 * A weight for each example of a batch, `[batch]`, as Keras's `class_weight_to_sample_weights`: a class without one counts 1.
 *
 * @param ys class indices `[batch, 1]` or `[batch]`, or a value for each class `[batch, classes]`
 */
export function sampleWeights(
	ys: tf.Tensor,
	classWeight: Readonly<Record<number, number>>,
): tf.Tensor1D {
	const isOneHot = ys.rank > 1 && (ys.shape.at(-1) as number) > 1;
	const labels = tf.tidy(() => (isOneHot ? tf.argMax(ys, -1) : ys.flatten()));
	const weights = Array.from(
		labels.dataSync(),
		(label) => classWeight[Math.round(label)] ?? 1,
	);
	labels.dispose();
	return tf.tensor1d(weights);
}
