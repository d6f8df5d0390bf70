import { TransferLearningError } from "../errors";
import { compiledLoss } from "../graph/compiled";
import { tf } from "../tf";

/** The output of a model for a batch. */
export type Output = {
	/** `[batch, …]` */
	readonly predictions: tf.Tensor;
	/** The input of the sigmoid or softmax that gave the predictions, if it is known; of the same shape. */
	readonly logits?: tf.Tensor | undefined;
};

/** Compares a batch's targets with the model's output. Returns a value for each example (and position), or a single number. */
export type LossFunction = (ys: tf.Tensor, output: Output) => tf.Tensor;

/** The loss that a model was compiled with. */
export interface Loss {
	/** tfjs's name, such as `binaryCrossentropy`; undefined for a function of the user's own. */
	readonly name: string | undefined;
	/** Whether it uses the logits if they are known. */
	readonly takesLogits: boolean;
	readonly compute: LossFunction;
}

/**
 * Returns the loss that a model was compiled with, as Keras computes it.
 *
 * tfjs's own losses differ from Keras's in the cross-entropies (Keras uses the logits, and does not
 * normalize probabilities for class indices) and in the hinge losses (Keras turns labels 0 and 1 into -1 and 1).
 *
 * @throws TransferLearningError if the model was not compiled.
 */
export function lossOf(model: tf.LayersModel): Loss {
	const compiled = compiledLoss(model);
	if (!model.optimizer || !compiled) {
		throw new TransferLearningError(
			`The model "${model.name}" has to be compiled first: model.compile({ optimizer: tf.train.adam(0.001), loss: 'binaryCrossentropy', metrics: ['accuracy'] }).`,
		);
	}
	const { loss } = model;
	const [given] =
		typeof loss === "object" ? Object.values<unknown>(loss) : [loss];
	const name = typeof given === "string" ? given : undefined;
	return {
		name,
		takesLogits: Object.hasOwn(crossEntropies, name ?? ""),
		compute:
			kerasLosses.get(name) ??
			((ys, { predictions }) => compiled(ys, predictions) as tf.Tensor),
	};
}

/** Keras's fuzz factor, `keras.config.epsilon()`. */
const epsilon = 1e-7;

/** Keras's cross-entropies, which differ from tfjs's if the logits are known: `keras/src/backend/tensorflow/nn.py`, 3.15. */
export const crossEntropies = {
	binaryCrossentropy: (ys, { predictions, logits }) => {
		if (!logits) return tf.mean(binaryCrossEntropy(ys, clip(predictions)), -1);
		const { sigmoidCrossEntropy } = tf.losses;
		const { NONE } = tf.Reduction;
		return tf.mean(sigmoidCrossEntropy(ys, logits, undefined, 0, NONE), -1);
	},
	categoricalCrossentropy: (ys, { predictions, logits }) =>
		logits
			? softmaxCrossEntropy(ys, logits)
			: tf.metrics.categoricalCrossentropy(ys, predictions),
	sparseCategoricalCrossentropy: (ys, { predictions, logits }) => {
		const { shape } = predictions;
		const indices = ys.reshape(shape.slice(0, -1)).toInt();
		const oneHot = tf.oneHot(indices as tf.Tensor1D, shape.at(-1) as number);
		// Keras treats the logarithms of the probabilities as logits, and so normalizes them with its softmax.
		const known = logits ?? tf.log(clip(predictions));
		return softmaxCrossEntropy(oneHot.toFloat(), known);
	},
} satisfies Record<string, LossFunction>;

function clip(probabilities: tf.Tensor): tf.Tensor {
	return tf.clipByValue(probabilities, epsilon, 1 - epsilon);
}

/** Not tfjs's, which turns probabilities into logits first: its gradient is 6 % off at 0.999999 (measured). */
function binaryCrossEntropy(ys: tf.Tensor, p: tf.Tensor): tf.Tensor {
	const ones = tf.mul(ys, tf.log(p));
	const zeros = tf.mul(tf.sub(1, ys), tf.log(tf.sub(1, p)));
	return tf.neg(tf.add(ones, zeros));
}

function softmaxCrossEntropy(ys: tf.Tensor, logits: tf.Tensor): tf.Tensor {
	return tf.neg(tf.sum(tf.mul(ys, tf.logSoftmax(logits)), -1));
}

/** By tfjs's name: Keras's losses where tfjs's give other numbers; the hinge losses are from `keras/src/losses/losses.py`, 3.15. */
const kerasLosses = new Map<string | undefined, LossFunction>([
	...Object.entries(crossEntropies),
	["hinge", (ys, { predictions }) => tf.mean(hinge(ys, predictions), -1)],
	[
		"squaredHinge",
		(ys, { predictions }) => tf.mean(tf.square(hinge(ys, predictions)), -1),
	],
]);

function hinge(ys: tf.Tensor, predictions: tf.Tensor): tf.Tensor {
	const isBinary = tf.all(tf.logicalOr(tf.equal(ys, 0), tf.equal(ys, 1)));
	const signs = tf.where(isBinary, tf.sub(tf.mul(ys, 2), 1), ys);
	return tf.relu(tf.sub(1, tf.mul(signs, predictions)));
}
