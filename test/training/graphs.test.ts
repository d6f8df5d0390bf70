import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { evaluate, fit, predict } from "transfer-learning";
import { tf } from "../../lib/dist/tf";
import { madeUpImages } from "../support/images";

const { layers } = tf;
const quiet = { verbose: 0 } as const;
const backend = tf.backend() as unknown as {
	runSavedModel(...args: unknown[]): tf.Tensor[];
	getNumOfSavedModels(): number;
};

function countRuns(t: TestContext): () => number {
	const { mock } = t.mock.method(backend, "runSavedModel");
	return () => mock.callCount();
}

const first = { inputShape: [8, 8, 3], filters: 4, kernelSize: 3 };
const models: Record<string, tf.layers.Layer[]> = {
	"convolutions and pooling": [
		layers.conv2d({ ...first, activation: "relu" }),
		layers.maxPooling2d({ poolSize: 2 }),
		layers.flatten(),
	],
	"batch normalization": [
		layers.conv2d(first),
		layers.batchNormalization(),
		layers.reLU({ maxValue: 6 }),
		layers.globalAveragePooling2d({}),
	],
	dropout: [
		layers.conv2d(first),
		layers.dropout({ rate: 0.5 }),
		layers.globalMaxPooling2d({}),
	],
};

function build(body: tf.layers.Layer[], optimizer: string | tf.Optimizer) {
	const model = tf.sequential({
		layers: [...body, layers.dense({ units: 1, activation: "sigmoid" })],
	});
	model.compile({
		optimizer,
		loss: "binaryCrossentropy",
		metrics: ["accuracy", "precision"],
	});
	return model;
}

for (const [name, body] of Object.entries(models)) {
	for (const optimizer of ["adam", "sgd", "rmsprop"]) {
		test(`${name} and ${optimizer}: each step of fit and each batch of its validation is one graph`, async (t) => {
			const model = build(body, optimizer);
			const batches = madeUpImages(20).batch(8);
			const graphs = backend.getNumOfSavedModels();
			await fit(model, batches, quiet);
			const runs = countRuns(t);
			await fit(model, batches, {
				...quiet,
				epochs: 2,
				validationData: batches,
				classWeight: { 0: 1, 1: 2 },
			});
			assert.equal(runs(), 2 * (3 + 3));
			assert.equal(backend.getNumOfSavedModels(), graphs);
		});
	}
}

test("evaluate and predict run the model as one graph for all batches", async (t) => {
	const model = build(models["batch normalization"] ?? [], "adam");
	const batches = madeUpImages(20).batch(8);
	const graphs = backend.getNumOfSavedModels();
	const runs = countRuns(t);
	await evaluate(model, batches, quiet);
	await predict(model, batches, quiet);
	assert.ok(runs() >= 6, String(runs()));
	assert.ok(backend.getNumOfSavedModels() - graphs <= 2);
});

test("a loss of the user's own is called at each step", async () => {
	let calls = 0;
	const model = tf.sequential({
		layers: [
			layers.flatten({ inputShape: [8, 8, 3] }),
			layers.dense({ units: 1 }),
		],
	});
	model.compile({
		optimizer: "sgd",
		loss: (ys, predictions) => {
			calls++;
			return tf.losses.meanSquaredError(ys, predictions);
		},
	});
	await fit(model, madeUpImages(20).batch(8), { ...quiet, epochs: 2 });
	assert.ok(calls >= 6, String(calls));
});

test("dropout with a seed drops the same values in another process, and others at each step", async () => {
	const train = async () => {
		const model = tf.sequential({
			layers: [
				layers.flatten({ inputShape: [8, 8, 3] }),
				layers.dropout({ rate: 0.5, seed: 7 }),
				layers.dense({ units: 1, kernelInitializer: "ones" }),
			],
		});
		model.compile({ optimizer: tf.train.sgd(0), loss: "meanSquaredError" });
		const epochs = 4;
		const { loss } = await fit(model, madeUpImages(8).batch(8), {
			...quiet,
			epochs,
		});
		return loss;
	};
	const losses = await train();
	assert.equal(new Set(losses).size, losses.length);
	assert.deepEqual(await train(), losses);
});
