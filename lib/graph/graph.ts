import { tf } from "../tf";
import {
	isBatchNormalization,
	normalizeBatch,
	type Update,
} from "./batch_normalization";
import { isDeterministic } from "./deterministic";
import { dropValues, isDropout } from "./dropout";
import { configOf } from "./layer_config";

/** One call of a layer that is not a model itself. Values are identified by numbers. */
export interface Step {
	readonly layer: tf.layers.Layer;
	/** Whether training leaves the layer unchanged: none of its weights is trained, and it keeps no batch statistics. */
	readonly frozen: boolean;
	/** The `training` argument that the layer, or a model around it, was called with. It takes precedence over the model's mode. */
	readonly training?: boolean | undefined;
	readonly inputs: readonly number[];
	readonly outputs: readonly number[];
	/** What the step computes, if several layers were merged into it; otherwise it calls `layer`. */
	readonly compute?: (inputs: readonly tf.Tensor[]) => tf.Tensor;
}

/** Steps in the order in which they run, from the values `inputs` to the values `outputs`. */
export interface Graph {
	readonly inputs: readonly number[];
	readonly steps: readonly Step[];
	readonly outputs: readonly number[];
}

/**
 * Splits a graph into a feature extractor, its longest frozen and deterministic part from the input on, and the head.
 *
 * The extractor gives the same features for the same image, however long the head is trained. It leads from the graph's
 * input to the features that the head needs, and the head from those to the graph's output. For a frozen base under a
 * new head that is one feature vector, `[n, 1280]` after pooling. Where nothing is frozen the extractor has no steps, and
 * the features are the pixels.
 */
export function splitHead(graph: Graph): { extractor: Graph; head: Graph } {
	const fixed = new Set(graph.inputs);
	const extractor: Step[] = [];
	const head: Step[] = [];
	for (const step of graph.steps) {
		const isFixed =
			step.frozen &&
			isDeterministic(step.layer) &&
			step.inputs.every((value) => fixed.has(value));
		if (isFixed) for (const value of step.outputs) fixed.add(value);
		(isFixed ? extractor : head).push(step);
	}
	const needed = [...head.flatMap((step) => step.inputs), ...graph.outputs];
	const features = [...new Set(needed)].filter((value) => fixed.has(value));
	return {
		extractor: { inputs: graph.inputs, steps: extractor, outputs: features },
		head: { inputs: features, steps: head, outputs: graph.outputs },
	};
}

/** What a step of training needs besides its inputs. */
export interface TrainingMode {
	/** Takes the new statistics of batch normalizations, which the caller writes and disposes. */
	readonly updates: Update[];
	/** A seed for each call of a Dropout layer in the graph, `[calls, 2]`, int32. */
	readonly seeds?: tf.Tensor2D | undefined;
}

/**
 * Runs a graph on tensors in the order of `graph.inputs`, and returns those of `graph.outputs`.
 *
 * With a training mode, layers run as in training (dropout, batch statistics), except a frozen BatchNormalization: as in Keras
 * since TensorFlow 2, it uses its moving statistics and leaves them unchanged.
 *
 * Call it inside `tf.tidy`, which disposes everything that is not returned. The caller owns the results, which are never
 * the inputs themselves.
 */
export function run(
	graph: Graph,
	inputs: readonly tf.Tensor[],
	training?: TrainingMode,
): tf.Tensor[] {
	const values = new Map(graph.inputs.map((value, i) => [value, inputs[i]]));
	const get = (value: number): tf.Tensor => {
		const tensor = values.get(value);
		if (!tensor) throw new Error(`Value ${value} of the graph is not known.`);
		return tensor;
	};
	const keep = new Set([...graph.inputs, ...graph.outputs]);
	const lastUse = new Map(
		graph.steps.flatMap((step) => step.inputs.map((value) => [value, step])),
	);
	let dropouts = 0;
	for (const step of graph.steps) {
		const dropout = isDropout(step.layer) ? dropouts++ : undefined;
		const inputs = step.inputs.map(get);
		const results = tf.tidy(() => call(step, inputs, training, dropout));
		for (const [i, tensor] of [results].flat().entries()) {
			values.set(step.outputs[i] as number, tensor);
		}
		// A batch of MobileNetV2's activations takes almost a gigabyte. (Gradients keep what they need themselves.)
		for (const value of training ? [] : new Set(step.inputs)) {
			if (lastUse.get(value) === step && !keep.has(value)) get(value).dispose();
		}
	}
	return graph.outputs.map((value) =>
		graph.inputs.includes(value) ? get(value).clone() : get(value),
	);
}

function call(
	{ layer, frozen, training: asCalled, compute }: Step,
	inputs: tf.Tensor[],
	mode: TrainingMode | undefined,
	dropout: number | undefined,
): tf.Tensor | tf.Tensor[] {
	if (compute) return compute(inputs);
	const training = asCalled ?? mode !== undefined;
	const [x] = inputs as [tf.Tensor];
	if (isBatchNormalization(layer)) {
		return normalizeBatch(layer, x, training && !frozen, mode?.updates);
	}
	if (training && mode?.seeds && dropout !== undefined) {
		const seed = tf.slice(mode.seeds, [dropout, 0], [1, 2]).reshape([2]);
		return dropValues(layer, x, seed);
	}
	// tfjs clips in two more operations.
	if (layer.getClassName() === "ReLU" && configOf(layer).maxValue === 6) {
		return tf.relu6(x);
	}
	return layer.apply(inputs, { training }) as tf.Tensor | tf.Tensor[];
}
