import assert from "node:assert/strict";
import { test } from "node:test";
import * as library from "transfer-learning";
import { tf } from "../../lib/dist/tf";
import { madeUpImages } from "../support/images";
import { sampleArchive } from "../support/sample";

const {
	compile,
	countLabels,
	createPreprocess,
	evaluate,
	fit,
	ImageDataset,
	imageGrid,
	load,
	mobileNetV2,
	predict,
	preprocess,
	show,
	split,
	summary,
} = library;

const images = madeUpImages(20);
const batches = images.batch(8).prefetch(2);
const model = tf.sequential({
	layers: [
		tf.layers.conv2d({
			inputShape: [8, 8, 3],
			filters: 2,
			kernelSize: 3,
			activation: "relu",
		}),
		tf.layers.maxPooling2d({ poolSize: 2 }),
		tf.layers.batchNormalization({ trainable: false }),
		tf.layers.flatten(),
		tf.layers.dense({ units: 1, activation: "sigmoid" }),
	],
});
model.compile({
	optimizer: tf.train.adam(),
	loss: "binaryCrossentropy",
	metrics: ["accuracy"],
});
const loadSample = async () =>
	(await load("cats_vs_dogs", { archive: sampleArchive })).train.take(5);
const quiet = { verbose: 0 } as const;

/** A call of each function of the library, by the function's name. */
const calls: Record<string, () => unknown> = {
	load: loadSample,
	countLabels: () => countLabels(ImageDataset.from(images.examples())),
	preprocess: async () => {
		for await (const _ of (await loadSample()).map(preprocess));
	},
	createPreprocess: async () => {
		const decode = createPreprocess({ range: [-1, 1] });
		for await (const _ of (await loadSample()).map(decode));
	},
	BatchedDataset: async () => {
		// Whoever iterates over batches owns their tensors.
		for await (const { xs, ys } of batches) tf.dispose([xs, ys]);
	},
	ImageDataset: () => images.shuffle(5).take(10).skip(3).examples(),
	split: () => split(images, { train: 0.8, test: 0.2 }),
	mobileNetV2: async () => {
		const options = { inputShape: [96, 96, 3], alpha: 0.35 } as const;
		const base = await mobileNetV2({ ...options, weights: null });
		base.dispose();
	},
	compile: () => {
		const double = compile((x: tf.Tensor) => tf.add(x, x));
		const x = tf.scalar(2);
		tf.dispose([double(x), double(x), x]);
		double.dispose();
	},
	summary: () => summary(model),
	// Adam makes its moments at its first step and keeps them: `fit` is called twice.
	fit: () => fit(model, batches, { ...quiet, validationData: batches }),
	evaluate: () => evaluate(model, batches),
	predict: () => predict(model, batches),
	imageGrid: async () => {
		const examples = (await loadSample()).examples();
		show(await imageGrid(examples));
	},
};

/** What makes a figure of numbers, or is a class of errors, and has nothing to do with tensors. */
const withoutTensors = new Set([
	...Object.keys(library).filter((name) => name.endsWith("Chart")),
	...["describeDevice", "show", "TransferLearningError"],
]);

test("every function of the library is called here", () => {
	const functions = Object.keys(library).filter(
		(name) => !withoutTensors.has(name),
	);
	assert.deepEqual(Object.keys(calls).sort(), functions.sort());
});

for (const [name, call] of Object.entries(calls)) {
	test(`${name} leaves no tensor behind`, async () => {
		await call();
		const before = tf.memory().numTensors;
		await call();
		assert.equal(tf.memory().numTensors, before);
	});
}
