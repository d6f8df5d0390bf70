import { TransferLearningError } from "../errors";
import { tf } from "../tf";
import { isBatchNormalization } from "./batch_normalization";
import { compiledWeights } from "./compiled";
import type { Graph, Step } from "./graph";
import { listNodes, type Node } from "./nodes";

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
 * another argument than `training`, or has a layer that tfjs computes otherwise than Keras.
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
		refuseWrappedStatistics(layer);
		refuseOthersThanKeras(layer);
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

function refuseMasking(layer: tf.layers.Layer): void {
	const { maskZero } = layer.getConfig();
	if (layer.getClassName() === "Masking" || maskZero === true) {
		throw new TransferLearningError(
			`Layer ${layer.name} masks time steps, which is not supported here. Train this model with tfjs's own fit.`,
		);
	}
}

/** What a wrapper calls is not seen here: a frozen BatchNormalization would take the batch's statistics, and change its own. */
function refuseWrappedStatistics(wrapper: tf.layers.Layer): void {
	const { layer } = wrapper as { readonly layer?: unknown };
	if (!(layer instanceof tf.layers.Layer) || !normalizesBatches(layer)) return;
	throw new TransferLearningError(
		`Layer ${wrapper.name} wraps a BatchNormalization, which is not supported here. Normalize behind the wrapper instead of within it.`,
	);
}

function normalizesBatches(layer: tf.layers.Layer): boolean {
	return layer instanceof tf.LayersModel
		? layer.layers.some(normalizesBatches)
		: isBatchNormalization(layer);
}

/** Of the settings that tfjs's layers and Keras's share, two have another meaning here and there. */
function refuseOthersThanKeras(layer: tf.layers.Layer): void {
	const { name: _, ...config } = layer.getConfig();
	if (
		layer.getClassName() === "UpSampling2D" &&
		config.interpolation === "bilinear"
	) {
		throw new TransferLearningError(
			`Layer ${layer.name} interpolates between other places than Keras does. Use interpolation: "nearest".`,
		);
	}
	// (Those of a wrapper's layer lie deeper.)
	if (JSON.stringify(config).includes('"hardSigmoid"')) {
		throw new TransferLearningError(
			`Layer ${layer.name} has the activation hardSigmoid, which is another function in Keras since version 3. Use "sigmoid", for the recurrentActivation of a recurrent layer too.`,
		);
	}
}
