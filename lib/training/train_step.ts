import type { FeatureBatch } from "../dataset/produce";
import type { Update } from "../graph/batch_normalization";
import { compile } from "../graph/compile";
import type { LayerVariable } from "../graph/compiled";
import { nextSeed } from "../graph/dropout";
import { withSharedExtremumGradients } from "../kernels/extremum_gradient";
import { tf } from "../tf";
import { type ClassWeight, sampleWeights } from "./class_weight";
import { createOptimizerStep } from "./create_optimizer_step";
import type { Loss, Output } from "./losses";
import { type Metric, measureBatch, type RunningMetrics } from "./metrics";
import type { SplitModel } from "./split_model";

/** The model that is trained, and what its steps need. */
export interface Training {
	readonly model: tf.LayersModel;
	readonly split: SplitModel;
	readonly loss: Loss;
	readonly metrics: readonly Metric[];
	/** The weights that are trained. */
	readonly weights: readonly LayerVariable[];
	/** Weighs the loss, but not the metrics. */
	readonly classWeight?: ClassWeight | undefined;
}

/** Computes on a batch, and adds its loss and metrics to `running`. */
export interface BatchStep {
	(batch: FeatureBatch, running: RunningMetrics): void;
	/** Frees the graphs. */
	dispose(): void;
}

/** Creates a step of training, as one graph. Its loss and metrics are those from before the step, as in Keras. */
export function createTrainStep(training: Training): BatchStep {
	const { model, split, loss, metrics, weights, classWeight } = training;
	const variables = weights.map((weight) => weight.read() as tf.Variable);
	const optimizer = createOptimizerStep(model.optimizer, variables);
	// The tensors of the current batch. A graph knows its inputs by their data.
	let batch: FeatureBatch;
	let exampleWeights: tf.Tensor1D | undefined;
	let seeds: tf.Tensor2D | undefined;
	// The same at each step.
	let updated: Update["variable"][] = [];
	const step = compileStep(training, () => {
		const { values, ys } = batch;
		const updates: Update[] = [];
		let output: Output | undefined;
		// Not tfjs's `minimize` or `variableGrads`: they skip variables that are not trainable now, but `compile` decides.
		const { value, grads } = withSharedExtremumGradients(() =>
			tf.engine().gradients(
				() => {
					output = split.runHead(values, { updates, seeds });
					tf.keep(output.predictions);
					if (output.logits) tf.keep(output.logits);
					return batchLoss(split, loss, ys, output, exampleWeights);
				},
				variables,
				undefined,
				true,
			),
		);
		const { predictions, logits } = output as unknown as Output;
		const measured = measureBatch(metrics, ys, { predictions, logits }, value);
		tf.dispose([predictions, logits ?? []]);
		updated = updates.map(({ variable }) => variable);
		return [
			measured,
			...updates.map(({ value }) => value),
			...optimizer.compute(variables.map((_, i) => grads[i] ?? null)),
		];
	});
	const run = (next: FeatureBatch, running: RunningMetrics) => {
		tf.tidy(() => {
			batch = next;
			exampleWeights = classWeight && sampleWeights(batch.ys, classWeight);
			seeds =
				split.dropouts.length > 0
					? tf.tensor2d(split.dropouts.map(nextSeed), undefined, "int32")
					: undefined;
			const [measured, ...results] = step(
				batch.ys,
				...batch.values,
				...(exampleWeights ? [exampleWeights] : []),
				...(seeds ? [seeds] : []),
				...optimizer.prepare(),
				...split.headWeights.map((weight) => weight.read()),
			);
			for (const variable of updated) {
				const value = results.shift() as tf.Tensor;
				variable.write(value);
				value.dispose();
			}
			optimizer.apply(results);
			for (const weight of weights) applyConstraint(weight);
			running.add(batch.ys.shape[0], measured as tf.Tensor1D);
		});
	};
	return Object.assign(run, { dispose: step.dispose });
}

/** Creates the evaluation of a batch in inference mode while the model is trained, as one graph. */
export function createEvaluationStep(training: Training): BatchStep {
	const { split, loss, metrics } = training;
	let batch: FeatureBatch;
	const step = compileStep(training, () => {
		const { values, ys } = batch;
		const output = split.runHead(values);
		const value = batchLoss(split, loss, ys, output);
		return [measureBatch(metrics, ys, output, value)];
	});
	const run = (next: FeatureBatch, running: RunningMetrics) => {
		batch = next;
		const weights = split.headWeights.map((weight) => weight.read());
		const [measured] = step(batch.ys, ...batch.values, ...weights);
		running.add(batch.ys.shape[0], measured as tf.Tensor1D);
		measured?.dispose();
	};
	return Object.assign(run, { dispose: step.dispose });
}

/**
 * Compiles a step, unless a layer, the loss or a metric is the user's own: it may do something else at each call, which a
 * graph would not.
 */
function compileStep(
	{ split, loss, metrics }: Training,
	step: () => tf.Tensor[],
): ReturnType<typeof compile<tf.Tensor[], tf.Tensor[]>> {
	const isCompilable =
		split.isCompilable &&
		loss.name !== undefined &&
		!metrics.some(({ isOwn }) => isOwn);
	return isCompilable
		? compile(step)
		: Object.assign(() => tf.tidy(step), { dispose: () => {} });
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
