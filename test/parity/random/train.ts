import * as vm from "node:vm";
import { createRandom } from "drawn-pets";
import { transformSync } from "esbuild";
import { evaluate, fit, predict } from "transfer-learning";
import { tf } from "../../../lib/dist/tf";
import { concatenate } from "../photos";
import { writeCode } from "./code";
import { type Data, drawData, toDataset } from "./data";
import { type Case, innermost } from "./spec";
import { drawWeights, nudgeWeights } from "./weights";

/** What one side makes of a case. */
export interface Outcome {
	readonly history: Readonly<Record<string, readonly number[]>>;
	readonly evaluation: Readonly<Record<string, number>>;
	/** Of the validation's examples, one after another. */
	readonly predictions: Float32Array;
	/** Of the innermost layers in their order, moving statistics included. */
	readonly weights: Float32Array;
}

/** A case with its numbers, ready to be trained by the library and by Keras. */
export interface Prepared {
	readonly spec: Case;
	readonly data: Data;
	/** The layers that have weights. */
	readonly layers: readonly string[];
	/** How many numbers the weights of each are. */
	readonly sizes: readonly number[];
	/** What they begin with, as in `Outcome`. */
	readonly weights: Float32Array;
	/** Trains with the library, once: disposes the model. */
	readonly train: () => Promise<Outcome>;
}

/** @param nudge moves each weight at the beginning by a few roundings, by others for each number; 0 by none */
export function prepare(spec: Case, nudge = 0): Prepared {
	const random = createRandom(~spec.seed);
	const model = build(writeCode(spec).typescript);
	const byName = new Map(listLayers(model).map((layer) => [layer.name, layer]));
	const layers = innermost(spec.model)
		.map(({ name }) => byName.get(name) as tf.layers.Layer)
		.filter(({ weights }) => weights.length > 0);
	for (const layer of layers) drawWeights(random, layer);
	if (nudge > 0) {
		const roundings = createRandom(nudge);
		for (const layer of layers) nudgeWeights(roundings, layer);
	}
	// A layer's own order is fixed; that of a model's weights follows what is trainable.
	const readWeights = () =>
		concatenate(
			layers.flatMap((layer) =>
				layer.getWeights().map((weight) => weight.dataSync() as Float32Array),
			),
		);
	const data = drawData(random, spec);
	return {
		spec,
		data,
		layers: layers.map(({ name }) => name),
		sizes: layers.map((layer) => layer.countParams()),
		weights: readWeights(),
		train: async () => {
			try {
				return { ...(await train(model, spec, data)), weights: readWeights() };
			} finally {
				model.dispose();
			}
		},
	};
}

function build(code: string): tf.LayersModel {
	const script = transformSync(`${code}\nreturn model;`, { loader: "ts" }).code;
	return vm.compileFunction(script, ["tf"])(tf) as tf.LayersModel;
}

function listLayers(model: tf.LayersModel): tf.layers.Layer[] {
	return model.layers.flatMap((layer) =>
		layer instanceof tf.LayersModel ? listLayers(layer) : [layer],
	);
}

async function train(model: tf.LayersModel, spec: Case, data: Data) {
	const all = toDataset(spec, data);
	const validation = all.skip(spec.examples).batch(spec.validationBatchSize);
	const { epochs, initialEpoch, classWeight } = spec;
	const { seconds, ...history } = await fit(
		model,
		all.take(spec.examples).batch(spec.batchSize),
		{
			epochs,
			initialEpoch,
			validationData: validation,
			verbose: 0,
			...(classWeight ? { classWeight } : {}),
		},
	);
	return {
		history: history as Outcome["history"],
		evaluation: await evaluate(model, validation, { verbose: 0 }),
		predictions: concatenate(await predict(model, validation, { verbose: 0 })),
	};
}
