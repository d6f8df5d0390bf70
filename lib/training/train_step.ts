import type { FeatureBatch } from "../dataset/produce";
import type { LayerVariable } from "../graph/compiled";
import { withSharedExtremumGradients } from "../kernels/extremum_gradient";
import { tf } from "../tf";
import { type ClassWeight, sampleWeights } from "./class_weight";
import { applyGradients } from "./keras_step";
import type { Loss, Output } from "./losses";
import type { RunningMetrics } from "./metrics";
import type { SplitModel } from "./split_model";

/** The model that is trained, and what its steps need. */
export interface Training {
	readonly model: tf.LayersModel;
	readonly split: SplitModel;
	readonly loss: Loss;
	/** The weights that are trained. */
	readonly weights: readonly LayerVariable[];
	/** Weighs the loss, but not the metrics. */
	readonly classWeight?: ClassWeight | undefined;
}

/** Trains a model on one batch, and adds the loss and metrics from before the step to `running`, as Keras does. */
export function trainOnBatch(
	{ model, split, loss, weights, classWeight }: Training,
	{ values, ys }: FeatureBatch,
	running: RunningMetrics,
): void {
	tf.tidy(() => {
		const exampleWeights = classWeight && sampleWeights(ys, classWeight);
		let output: Output | undefined;
		const variables = weights.map((weight) => weight.read() as tf.Variable);
		// Not tfjs's `minimize` or `variableGrads`: they skip variables that are not trainable now, but `compile` decides.
		const { value, grads } = withSharedExtremumGradients(() =>
			tf.engine().gradients(
				() => {
					output = split.runHead(values, true);
					tf.keep(output.predictions);
					if (output.logits) tf.keep(output.logits);
					return batchLoss(split, loss, ys, output, exampleWeights);
				},
				variables,
				undefined,
				true,
			),
		);
		applyGradients(
			model.optimizer,
			variables.map(({ name }, i) => ({ name, tensor: grads[i] ?? null })),
		);
		for (const weight of weights) applyConstraint(weight);
		const { predictions, logits } = output as unknown as Output;
		running.add(ys, { predictions, logits }, value);
		tf.dispose([predictions, logits ?? []]);
	});
}

/**
 * Computes the mean (weighted) loss of a batch plus the regularization of the trained layers; the caller disposes it.
 *
 * @param weights a weight for each example, `[batch]`
 */
export function batchLoss(
	split: SplitModel,
	loss: Loss,
	ys: tf.Tensor,
	output: Output,
	weights?: tf.Tensor1D,
): tf.Scalar {
	return tf.tidy(() => {
		const losses = loss.compute(ys, output);
		const weighted = weights
			? tf.mul(losses, alongExamples(weights, losses))
			: losses;
		return split.penalties.reduce<tf.Scalar>(
			(sum, penalty) => tf.add(sum, penalty()),
			tf.mean(weighted),
		);
	});
}

/** Gives `values` as many axes as `losses` has: the user's own loss may return `[batch, 1]`. */
function alongExamples(values: tf.Tensor1D, losses: tf.Tensor): tf.Tensor {
	const others = losses.shape.slice(1).map(() => 1);
	return values.reshape([values.size, ...others]);
}

/** Applies a layer's constraint, such as `maxNorm`, after a step. (In tfjs's own `fit`, the weight's `write` does.) */
function applyConstraint(weight: LayerVariable): void {
	const { constraint } = weight as unknown as {
		readonly constraint: unknown;
	};
	// A clone, since writing a weight's own tensor to it has no effect.
	if (constraint) weight.write(weight.read().clone());
}
