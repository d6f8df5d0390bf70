import { TransferLearningError } from "../errors";
import { tf } from "../tf";
import { normalizeBatch } from "./batch_normalization";
import { compiledWeights } from "./compiled";
import { isDeterministic } from "./deterministic";
import { listNodes, type Node } from "./nodes";

/** One call of one layer that is no model itself. Values are known by their number. */
export interface Step {
	readonly layer: tf.layers.Layer;
	/** Whether training leaves the layer as it is: none of its weights is trained, and it keeps no statistics of batches. */
	readonly frozen: boolean;
	/** The `training` argument that the layer, or a model around it, was called with: it stands above what the model does. */
	readonly training?: boolean | undefined;
	readonly inputs: readonly number[];
	readonly outputs: readonly number[];
	/** What the step computes if several layers have become one step; otherwise it calls `layer`. */
	readonly compute?: (inputs: readonly tf.Tensor[]) => tf.Tensor;
}

/** Steps in an order in which they can be run, from the values `inputs` to the values `outputs`. */
export interface Graph {
	readonly inputs: readonly number[];
	readonly steps: readonly Step[];
	readonly outputs: readonly number[];
}

/** How the models around a layer are called and trained. */
interface Context {
	/** Whether one of them has `trainable = false`. */
	readonly frozen: boolean;
	readonly training: boolean | undefined;
}

/**
 * Flattens a model, with the models nested in it at any depth, to the calls of its layers.
 *
 * What is frozen is what `compile` found so, as in Keras; in a model that was not compiled, what is so now. A layer that is
 * called twice, or lies in a model that is, has two steps. `training: false` (or true) in a call holds for all that lies in what
 * was called, in training as in inference. (That is what Keras's guide to transfer learning says. Keras 3's own `fit` lets
 * its `training=True` override it: keras-team/keras issue 20285.)
 *
 * @throws TransferLearningError if the model has more than one input or output, uses masking, or calls a layer with
 * another argument than `training`.
 */
export function flatten(model: tf.LayersModel): Graph {
	if (model.inputs.length !== 1 || model.outputs.length !== 1) {
		throw new TransferLearningError(
			`Model ${model.name} has ${model.inputs.length} inputs and ${model.outputs.length} outputs; it must have one of each. An empty Sequential has none: add layers first.`,
		);
	}
	const isFrozen = frozenLayers(model);
	const steps: Step[] = [];
	let values = 1;
	const call = (
		layer: tf.layers.Layer,
		inputs: readonly number[],
		outputs: number,
		context: Context,
	): readonly number[] => {
		if (layer instanceof tf.LayersModel) return enter(layer, inputs, context);
		if (layer.getClassName() === "InputLayer") return inputs;
		refuseMasking(layer);
		const step: Step = {
			layer,
			frozen: isFrozen(layer, context.frozen),
			training: context.training,
			inputs,
			outputs: Array.from({ length: outputs }, () => values++),
		};
		steps.push(step);
		return step.outputs;
	};
	const enter = (
		inner: tf.LayersModel,
		inputs: readonly number[],
		{ frozen: frozenAround, training }: Context,
	): readonly number[] => {
		const frozen = frozenAround || !inner.trainable;
		if (inner instanceof tf.Sequential) {
			// A model at its head leaves no call of itself in the graph: only `layers` knows it.
			return inner.layers.reduce<readonly number[]>(
				(values, layer) => call(layer, values, 1, { frozen, training }),
				inputs,
			);
		}
		const known = new Map(
			inner.inputs.map(({ id }, i) => [id, inputs[i] as number]),
		);
		const numbersOf = (tensors: readonly tf.SymbolicTensor[]): number[] =>
			tensors.map(({ id, sourceLayer }) => {
				const value = known.get(id);
				if (value !== undefined) return value;
				throw new TransferLearningError(
					`Model ${inner.name} uses a result of layer ${sourceLayer.name} that does not follow from its input. Build the model again, from its own input alone.`,
				);
			});
		for (const node of listNodes(inner)) {
			const { outboundLayer, inputTensors, outputTensors } = node;
			if (outputTensors.every(({ id }) => known.has(id))) continue;
			const results = call(
				outboundLayer,
				numbersOf(inputTensors),
				outputTensors.length,
				{ frozen, training: trainingArgument(node) ?? training },
			);
			for (const [i, { id }] of outputTensors.entries()) {
				known.set(id, results[i] as number);
			}
		}
		return numbersOf(inner.outputs);
	};
	const outputs = enter(model, [0], { frozen: false, training: undefined });
	return { inputs: [0], steps, outputs };
}

/** Makes a function that tells whether a layer, in something frozen or not, is frozen itself. */
function frozenLayers(
	model: tf.LayersModel,
): (layer: tf.layers.Layer, frozenAround: boolean) => boolean {
	const compiled = compiledWeights(model);
	const trained = compiled && new Set(compiled);
	return (layer, frozenAround) => {
		// Without scale and centre it has statistics alone, which no list of trainable weights holds.
		if (isBatchNormalization(layer) && layer.weights.length === 2) {
			return frozenAround || !layer.trainable;
		}
		return trained
			? !layer.weights.some((weight) => trained.has(weight))
			: frozenAround || layer.trainableWeights.length === 0;
	};
}

/** The `training` argument that a layer was called with, if any. */
function trainingArgument({
	outboundLayer,
	callArgs,
}: Node): boolean | undefined {
	const { training, ...others } = (callArgs ?? {}) as Record<string, unknown>;
	const [other] = Object.keys(others).filter((name) => others[name] != null);
	if (other) {
		throw new TransferLearningError(
			`Layer ${outboundLayer.name} is called with the argument "${other}", which is not supported here; only training is.`,
		);
	}
	return training == null ? undefined : Boolean(training);
}

/**
 * Cuts a graph behind its longest frozen prefix: all steps that always give the same result for the same
 * picture, however long the rest is trained.
 *
 * The prefix leads from the graph's input to the values that the rest still needs, and the rest from those to
 * the graph's output. For a frozen base under a new head that is one value, `[n, 1280]` after pooling. Where
 * nothing is frozen the prefix has no steps and hands the input on.
 */
export function splitFrozen(graph: Graph): { prefix: Graph; rest: Graph } {
	const fixed = new Set(graph.inputs);
	const prefix: Step[] = [];
	const rest: Step[] = [];
	for (const step of graph.steps) {
		const isFixed =
			step.frozen &&
			isDeterministic(step.layer) &&
			step.inputs.every((value) => fixed.has(value));
		if (isFixed) for (const value of step.outputs) fixed.add(value);
		(isFixed ? prefix : rest).push(step);
	}
	const needed = [...rest.flatMap((step) => step.inputs), ...graph.outputs];
	const frontier = [...new Set(needed)].filter((value) => fixed.has(value));
	return {
		prefix: { inputs: graph.inputs, steps: prefix, outputs: frontier },
		rest: { inputs: frontier, steps: rest, outputs: graph.outputs },
	};
}

/**
 * Runs a graph on tensors, in the order of `graph.inputs`, and gives those of `graph.outputs`.
 *
 * With `training`, layers do what they do in training (dropout, batch statistics); a BatchNormalization that
 * is frozen does not: as in Keras since TensorFlow 2 it uses its moving statistics and leaves them alone.
 *
 * Call it inside `tf.tidy`, which disposes what is not returned. The results are the caller's, never the inputs
 * themselves.
 */
export function run(
	graph: Graph,
	inputs: readonly tf.Tensor[],
	training: boolean,
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
	for (const step of graph.steps) {
		const results = call(step, step.inputs.map(get), training);
		for (const [i, tensor] of [results].flat().entries()) {
			values.set(step.outputs[i] as number, tensor);
		}
		// A batch of MobileNetV2's activations is near a gigabyte. (Gradients keep what they need themselves.)
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
	trainingModel: boolean,
): tf.Tensor | tf.Tensor[] {
	if (compute) return compute(inputs);
	const training = asCalled ?? trainingModel;
	if (isBatchNormalization(layer)) {
		return training && !frozen
			? normalizeBatch(layer, inputs[0] as tf.Tensor)
			: (layer.apply(inputs, { training: false }) as tf.Tensor);
	}
	return layer.apply(inputs, { training }) as tf.Tensor | tf.Tensor[];
}

export function isBatchNormalization(layer: tf.layers.Layer): boolean {
	return layer.getClassName() === "BatchNormalization";
}

function refuseMasking(layer: tf.layers.Layer): void {
	const { maskZero } = layer.getConfig();
	if (layer.getClassName() === "Masking" || maskZero === true) {
		throw new TransferLearningError(
			`Layer ${layer.name} masks time steps, which is not supported here. Train this model with tfjs's own fit.`,
		);
	}
}
