import { TransferLearningError } from "../errors";
import { tf } from "../tf";

/** How much an example of each class counts in the loss, by class index: at least 0, and 1 for a class without a weight. */
export type ClassWeight = Readonly<Record<number, number>>;

/**
 * Checks class weights against a model.
 *
 * @throws TransferLearningError unless the model has one output for each class, and each weight a class and a value of at least 0.
 */
export function checkClassWeight(
	classWeight: ClassWeight,
	model: tf.LayersModel,
): void {
	const output = model.outputs[0]?.shape ?? [];
	const [last] = output.slice(-1);
	if (output.length !== 2 || !last) {
		throw new TransferLearningError(
			`classWeight needs a model with one output for each class, but the output of "${model.name}" is [${output.map((size) => size ?? "n").join(", ")}].`,
		);
	}
	const classes = last === 1 ? 2 : last;
	for (const [label, weight] of Object.entries(classWeight)) {
		const index = Number(label);
		if (!(Number.isInteger(index) && index >= 0 && index < classes)) {
			throw new TransferLearningError(
				`classWeight has a weight for class ${label}, but the model's classes are 0 to ${classes - 1}.`,
			);
		}
		if (!(weight >= 0 && Number.isFinite(weight))) {
			throw new TransferLearningError(
				`classWeight gives class ${label} the weight ${weight}. A weight must be a number of at least 0; 1 changes nothing.`,
			);
		}
	}
}

/**
 * Computes a weight for each example of a batch, `[batch]`, as Keras's `class_weight_to_sample_weights`; the caller disposes it.
 *
 * @param ys class indices `[batch, 1]` or `[batch]`, or a value for each class `[batch, classes]`
 */
export function sampleWeights(
	ys: tf.Tensor,
	classWeight: ClassWeight,
): tf.Tensor1D {
	const isOneHot = ys.rank > 1 && (ys.shape.at(-1) as number) > 1;
	return tf.tidy(() => {
		const labels = isOneHot ? tf.argMax(ys, -1) : ys;
		const weights = Array.from(
			labels.dataSync(),
			(label) => classWeight[Math.round(label)] ?? 1,
		);
		return tf.tensor1d(weights);
	});
}
