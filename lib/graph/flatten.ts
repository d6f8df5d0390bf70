import { TransferLearningError } from "../errors";
import { tf } from "../tf";
import { isBatchNormalization } from "./batch_normalization";
import { compiledWeights } from "./compiled";
import type { Graph, Step } from "./graph";
import { listNodes, type Node } from "./nodes";

/** What a layer inherits from the models around it. */
interface Context {
	/** Whether one of them has `trainable = false`. */
	readonly frozen: boolean;
	/** The `training` argument that one of them was called with. */
	readonly training: boolean | undefined;
}

/**
 * Flattens a model, with the models nested in it at any depth, to the calls of its layers.
 *
 * A layer is frozen if it was when the model was compiled, as in Keras; if the model was not compiled, the current state
 * counts. A layer that is called twice, or is in a model that is, gives two steps. `training: false` (or true) in the call of
 * a model applies to everything in it, in training as in inference. (Keras's guide to transfer learning says so. Keras 3's
 * own `fit` lets its `training=True` override it: keras-team/keras issue 20285.)
 *
 * @throws TransferLearningError if the model has more than one input or output, uses masking, wraps a BatchNormalization,
 * calls a layer with an argument other than `training`, or has a layer that tfjs computes differently from Keras.
 */
export function flatten(model: tf.LayersModel): Graph {
	if (model.inputs.length !== 1 || model.outputs.length !== 1) {
		throw new TransferLearningError(
			`The model "${model.name}" has ${model.inputs.length} inputs and ${model.outputs.length} outputs, but must have one of each. An empty Sequential has none: add layers first.`,
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
		refuseUnsupported(layer);
		refuseUnlikeKeras(layer);
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
			// tfjs records no call for a model at its start: only `layers` includes it.
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
					`The model "${inner.name}" uses a result of layer "${sourceLayer.name}" that does not follow from its input. Build the model again, starting from its own input only.`,
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

/** Makes a function that decides whether a layer is frozen, given whether a model around it is. */
function frozenLayers(
	model: tf.LayersModel,
): (layer: tf.layers.Layer, frozenAround: boolean) => boolean {
	const compiled = compiledWeights(model);
	const trained = compiled && new Set(compiled);
	return (layer, frozenAround) => {
		// Without scale and centre it only has statistics, which are in no list of trainable weights.
		if (isBatchNormalization(layer) && layer.weights.length === 2) {
			return frozenAround || !layer.trainable;
		}
		return trained
			? !layer.weights.some((weight) => trained.has(weight))
			: frozenAround || layer.trainableWeights.length === 0;
	};
}

/** Returns the `training` argument that a layer was called with, if any. */
function trainingArgument({
	outboundLayer,
	callArgs,
}: Node): boolean | undefined {
	const { training, ...others } = (callArgs ?? {}) as Record<string, unknown>;
	const [other] = Object.keys(others).filter((name) => others[name] != null);
	if (other) {
		throw new TransferLearningError(
			`Layer "${outboundLayer.name}" is called with the argument "${other}", which is not supported here. Use only training.`,
		);
	}
	return training == null ? undefined : Boolean(training);
}

function refuseUnsupported(layer: tf.layers.Layer): void {
	const { maskZero, stateful } = layer.getConfig();
	if (layer.getClassName() === "Masking" || maskZero === true) {
		throw new TransferLearningError(
			`Layer "${layer.name}" masks time steps, which is not supported here. Train this model with tfjs's own fit.`,
		);
	}
	if (stateful === true) {
		throw new TransferLearningError(
			`Layer "${layer.name}" keeps a state from batch to batch, so the order of the examples would change the results. Use stateful: false.`,
		);
	}
	// A wrapper calls its layer itself, so a frozen BatchNormalization would use the batch's statistics and change its own.
	const { layer: wrapped } = layer as { readonly layer?: unknown };
	if (wrapped instanceof tf.layers.Layer && normalizesBatches(wrapped)) {
		throw new TransferLearningError(
			`Layer "${layer.name}" wraps a BatchNormalization, which is not supported here. Move the BatchNormalization after the wrapper.`,
		);
	}
}

/** Two settings have the same name in tfjs and in Keras, but a different meaning. */
function refuseUnlikeKeras(layer: tf.layers.Layer): void {
	const { name: _, ...config } = layer.getConfig();
	if (
		layer.getClassName() === "UpSampling2D" &&
		config.interpolation === "bilinear"
	) {
		throw new TransferLearningError(
			`Layer "${layer.name}" interpolates at other positions than in Keras. Use interpolation: "nearest".`,
		);
	}
	// As text, since the activation of a wrapped layer is nested more deeply.
	if (JSON.stringify(config).includes('"hardSigmoid"')) {
		throw new TransferLearningError(
			`Layer "${layer.name}" has the activation hardSigmoid, which is another function in Keras since version 3. Use "sigmoid", also as the recurrentActivation of a recurrent layer.`,
		);
	}
}

function normalizesBatches(layer: tf.layers.Layer): boolean {
	return layer instanceof tf.LayersModel
		? layer.layers.some(normalizesBatches)
		: isBatchNormalization(layer);
}
