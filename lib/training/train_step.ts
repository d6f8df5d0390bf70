import type { FeatureBatch } from "../dataset/produce";
import type { LayerVariable } from "../graph/compiled";
import { tf } from "../tf";
import { applyGradients } from "./keras_step";
import type { Loss, Output } from "./losses";
import { type BatchMetrics, type Metric, measureBatch } from "./metrics";
import type { SplitModel } from "./split_model";

/** What a step of training changes and computes. */
export interface Training {
	readonly model: tf.LayersModel;
	readonly split: SplitModel;
	readonly loss: Loss;
	readonly metrics: readonly Metric[];
	/** The weights that are trained. */
	readonly weights: readonly LayerVariable[];
}

/**
 * One step of the optimizer. The metrics are those before the step, as in Keras.
 *
 * @param sampleWeights a weight for each example, `[batch]`, for the loss alone
 */
export function trainOnBatch(
	{ model, split, loss, metrics, weights }: Training,
	{ values, ys }: FeatureBatch,
	sampleWeights?: tf.Tensor1D,
): BatchMetrics {
	return tf.tidy(() => {
		let output: Output | undefined;
		const variables = weights.map((weight) => weight.read() as tf.Variable);
		// Not tfjs's `minimize` nor `variableGrads`, which leave out what is not trainable now: what `compile` saw counts.
		const { value, grads } = tf.engine().gradients(
			() => {
				output = split.runHead(values, true);
				tf.keep(output.predictions);
				if (output.logits) tf.keep(output.logits);
				return batchLoss(split, loss, ys, output, sampleWeights);
			},
			variables,
			undefined,
			true,
		);
		applyGradients(
			model.optimizer,
			variables.map(({ name }, i) => ({ name, tensor: grads[i] ?? null })),
		);
		for (const weight of weights) applyConstraint(weight);
		const { predictions, logits } = output as unknown as Output;
		const measured = measureBatch(metrics, ys, { predictions, logits }, value);
		tf.dispose([predictions, logits ?? []]);
		return measured;
	});
}

/** The mean of the loss over a batch, weighted if so, plus the regularization of what is trained: a scalar, which the caller disposes. */
export function batchLoss(
	split: SplitModel,
	loss: Loss,
	ys: tf.Tensor,
	output: Output,
	sampleWeights?: tf.Tensor1D,
): tf.Scalar {
	return tf.tidy(() => {
		const losses = loss.compute(ys, output);
		const weighted = sampleWeights
			? tf.mul(losses, alongExamples(sampleWeights, losses))
			: losses;
		return split.penalties.reduce<tf.Scalar>(
			(sum, penalty) => tf.add(sum, penalty()),
			tf.mean(weighted),
		);
	});
}

/** A value for each example with as many axes as `losses`, which a loss of the user's own may give as `[batch, 1]`. */
function alongExamples(values: tf.Tensor1D, losses: tf.Tensor): tf.Tensor {
	const others = losses.shape.slice(1).map(() => 1);
	return values.reshape([values.size, ...others]);
}

/** A constraint of the layer's, such as `maxNorm`, holds after each step. (tfjs's own `fit` leaves it to the weight's `write`.) */
function applyConstraint(weight: LayerVariable): void {
	const { constraint } = weight as unknown as {
		readonly constraint: unknown;
	};
	// A clone, since a weight takes no notice of itself.
	if (constraint) weight.write(weight.read().clone());
}
