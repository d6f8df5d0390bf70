import { TransferLearningError } from "../errors";
import { compiledLoss } from "../graph/compiled";
import { tf } from "../tf";

/** What a model computed for a batch. */
export type Output = {
	/** `[batch, …]` */
	readonly predictions: tf.Tensor;
	/** What went into the sigmoid or softmax that gave the predictions, where that is known. */
	readonly logits?: tf.Tensor | undefined;
};

/** Compares a batch's targets with what the model computed: a value for each example (and place), or one number. */
export type LossFunction = (ys: tf.Tensor, output: Output) => tf.Tensor;

/** The loss that a model was compiled with. */
export interface Loss {
	/** As in tfjs, such as `binaryCrossentropy`; undefined for a function of the user's own. */
	readonly name: string | undefined;
	/** Whether it takes the logits if they are known. */
	readonly takesLogits: boolean;
	readonly compute: LossFunction;
}

/**
 * The loss that a model was compiled with, as Keras computes it.
 *
 * tfjs's own differ from Keras's in the cross-entropies (Keras takes the logits, and does not
 * normalize probabilities for class indices) and in hinge losses (Keras turns labels 0 and 1 into -1 and 1).
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
	const [name] = [model.loss]
		.flatMap((loss) =>
			typeof loss === "object" && !Array.isArray(loss)
				? Object.values(loss)
				: loss,
		)
		.map((loss) => (typeof loss === "string" ? loss : undefined));
	const own: KerasLoss | undefined = Object.hasOwn(kerasLosses, name ?? "")
		? kerasLosses[name as keyof typeof kerasLosses]
		: undefined;
	return {
		name,
		takesLogits: own?.takesLogits ?? false,
		compute:
			own?.compute ??
			((ys, { predictions }) => compiled(ys, predictions) as tf.Tensor),
	};
}

/** Keras's fuzz factor, `keras.config.epsilon()`. */
const epsilon = 1e-7;

const clip = (probabilities: tf.Tensor): tf.Tensor =>
	tf.clipByValue(probabilities, epsilon, 1 - epsilon);

interface KerasLoss {
	readonly takesLogits?: true;
	readonly compute: LossFunction;
}

/** Keras's losses where tfjs's give other numbers: `keras/src/backend/tensorflow/nn.py` and `keras/src/losses/losses.py`, 3.15. */
export const kerasLosses = {
	binaryCrossentropy: {
		takesLogits: true,
		compute: (ys, { predictions, logits }) =>
			tf.mean(
				logits
					? sigmoidCrossEntropy(ys, logits)
					: probabilityCrossEntropy(ys, clip(predictions)),
				-1,
			),
	},
	categoricalCrossentropy: {
		takesLogits: true,
		compute: (ys, output) => softmaxCrossEntropy(ys, output, true),
	},
	sparseCategoricalCrossentropy: {
		takesLogits: true,
		compute: (ys, output) => {
			const { shape } = output.predictions;
			const indices = ys.reshape(shape.slice(0, -1)).toInt();
			const oneHot = tf.oneHot(indices as tf.Tensor1D, shape.at(-1) as number);
			return softmaxCrossEntropy(oneHot.toFloat(), output, false);
		},
	},
	hinge: {
		compute: (ys, { predictions }) => tf.mean(hinge(ys, predictions), -1),
	},
	squaredHinge: {
		compute: (ys, { predictions }) =>
			tf.mean(tf.square(hinge(ys, predictions)), -1),
	},
} satisfies Record<string, KerasLoss>;

/** `max(x, 0) - x * y + log(1 + exp(-|x|))`, as `tf.nn.sigmoid_cross_entropy_with_logits` computes it. */
function sigmoidCrossEntropy(ys: tf.Tensor, logits: tf.Tensor): tf.Tensor {
	const linear = tf.sub(tf.relu(logits), tf.mul(logits, ys));
	return tf.add(linear, tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));
}

function probabilityCrossEntropy(ys: tf.Tensor, p: tf.Tensor): tf.Tensor {
	const ones = tf.mul(ys, tf.log(p));
	const zeros = tf.mul(tf.sub(1, ys), tf.log(tf.sub(1, p)));
	return tf.neg(tf.add(ones, zeros));
}

/** @param normalize whether probabilities are made to add up to 1 first; Keras does so for one-hot targets alone */
function softmaxCrossEntropy(
	ys: tf.Tensor,
	{ predictions, logits }: Output,
	normalize: boolean,
): tf.Tensor {
	if (logits) return tf.neg(tf.sum(tf.mul(ys, tf.logSoftmax(logits)), -1));
	const log = normalize
		? tf.log(clip(tf.div(predictions, tf.sum(predictions, -1, true))))
		: // These are logits to Keras, and so are normalized by its softmax.
			tf.logSoftmax(tf.log(clip(predictions)));
	return tf.neg(tf.sum(tf.mul(ys, log), -1));
}

function hinge(ys: tf.Tensor, predictions: tf.Tensor): tf.Tensor {
	const isBinary = tf.all(tf.logicalOr(tf.equal(ys, 0), tf.equal(ys, 1)));
	const signs = tf.where(isBinary, tf.sub(tf.mul(ys, 2), 1), ys);
	return tf.relu(tf.sub(1, tf.mul(signs, predictions)));
}
