import assert from "node:assert/strict";
import { test } from "node:test";
import {
	type BatchedDataset,
	type Callback,
	createPreprocess,
	evaluate,
	fit,
	type Label,
	predict,
} from "transfer-learning";
import { tf } from "../../lib/dist/tf";
import { madeUpImages } from "../support/images";
import { batchSize, imagesOf, size } from "./keras";

const { layers } = tf;
const quiet = { verbose: 0 } as const;
const inputShape = [size, size, 3];

function build(
	units: number,
	loss: string,
	activation: "sigmoid" | "softmax" | "linear" = "sigmoid",
): tf.Sequential {
	const model = tf.sequential({
		layers: [
			layers.flatten({ inputShape }),
			layers.dense({ units, activation }),
		],
	});
	model.compile({
		optimizer: tf.train.adam(0.01),
		loss,
		metrics: ["accuracy"],
	});
	return model;
}
const batchesOf = (label: (i: number) => Label) =>
	imagesOf(label).batch(batchSize);
const oneHot = (i: number) => [Number(i % 2 === 0), Number(i % 2 === 1)];

/** Asks `fit`, also with the data for validation alone, and `evaluate`; the weights must stay as they are. */
async function requireRefused(
	model: tf.Sequential,
	batches: BatchedDataset,
	message: RegExp,
	good?: BatchedDataset,
): Promise<void> {
	const weights = () => model.getWeights().map((w) => [...w.dataSync()]);
	const before = weights();
	const tensors = tf.memory().numTensors;
	await assert.rejects(fit(model, batches, quiet), message);
	await assert.rejects(evaluate(model, batches, quiet), message);
	if (good) {
		const options = { ...quiet, validationData: batches };
		await assert.rejects(fit(model, good, options), message);
	}
	assert.deepEqual(weights(), before);
	assert.equal(tf.memory().numTensors, tensors);
}

test("targets that do not fit the loss are refused before the first step, with what to change", async () => {
	const indices = batchesOf((i) => i % 2);
	const rows = batchesOf(oneHot);
	await requireRefused(
		build(2, "categoricalCrossentropy", "softmax"),
		indices,
		/needs targets of shape \[batch, 2\].*have \[batch, 1\].*use sparseCategoricalCrossentropy/s,
		rows,
	);
	await requireRefused(
		build(2, "sparseCategoricalCrossentropy", "softmax"),
		rows,
		/these targets have \[batch, 2\]. For one-hot rows use categoricalCrossentropy/,
		indices,
	);
	await requireRefused(
		build(2, "sparseCategoricalCrossentropy", "softmax"),
		batchesOf((i) => i % 3),
		/A label is 2, but the model's 2 outputs are for the classes 0 to 1/,
	);
	await requireRefused(
		build(1, "sparseCategoricalCrossentropy"),
		indices,
		/has a single output. Use binaryCrossentropy/,
	);
	await requireRefused(
		build(1, "binaryCrossentropy"),
		batchesOf((i) => i % 3),
		/A label is 2, but binaryCrossentropy needs labels from 0 to 1/,
	);
	await requireRefused(
		build(2, "binaryCrossentropy"),
		indices,
		/needs targets of shape \[batch, 2\].*one sigmoid unit/s,
		rows,
	);
	await requireRefused(
		build(2, "categoricalCrossentropy", "softmax"),
		batchesOf(() => [1, 1]),
		/A label is \[1, 1\].*add up to 1/s,
		rows,
	);
	await requireRefused(
		build(3, "meanSquaredError", "linear"),
		batchesOf((i) => i),
		/meanSquaredError needs targets of shape \[batch, 3\]/,
	);
});

test("an image size other than the model's is refused by fit, evaluate and predict", async () => {
	const model = build(1, "binaryCrossentropy");
	const wrong = madeUpImages(10).batch(4);
	const message =
		/takes examples of 6 x 6 x 3, but image 0 has 8 x 8 x 3. Resize the images: createPreprocess\(\{ size: \[6, 6\] \}\)/;
	await requireRefused(
		model,
		wrong,
		message,
		batchesOf((i) => i % 2),
	);
	await assert.rejects(predict(model, wrong, quiet), message);
	assert.ok(createPreprocess({ size: [6, 6] }));
});

test("a batch-level map that changes the size is refused, too", async () => {
	const model = build(1, "binaryCrossentropy");
	const wrong = batchesOf((i) => i % 2).map(({ xs, ys }) => ({
		xs: xs.slice([0, 1], [-1, size - 1]),
		ys,
	}));
	await requireRefused(
		model,
		wrong,
		/takes examples of 6 x 6 x 3, but a batch has 5 x 6 x 3/,
		batchesOf((i) => i % 2),
	);
});

test("numbers of epochs, class weights and cache sizes that make no sense are refused", async () => {
	const model = build(1, "binaryCrossentropy");
	const batches = batchesOf((i) => i % 2);
	const cases = [
		[{ epochs: 2.5 }, /epochs must be a whole number of at least 1, not 2.5/],
		[{ epochs: 0 }, /epochs must be a whole number of at least 1, not 0/],
		[{ initialEpoch: -1 }, /initialEpoch must be a whole number of at least 0/],
		[
			{ epochs: 3, initialEpoch: 3 },
			/nothing to train.*Set it to 6 for 3 more/s,
		],
		[{ cacheBytes: Number.NaN }, /cacheBytes must be a number of bytes/],
		[{ classWeight: { 2: 1 } }, /weight for class 2.*classes are 0 to 1/],
		[{ classWeight: { 1: -1 } }, /gives class 1 the weight -1/],
		[{ callbacks: {} }, /A callback has none of onTrainBegin/],
		[
			{ callbacks: { onYield: () => {} } as Callback },
			/onYield, which fit does not call/,
		],
	] as const;
	for (const [options, message] of cases) {
		await assert.rejects(
			fit(model, batches, { ...quiet, ...options }),
			message,
		);
	}
});

test("an optimizer by name whose default rate is not Keras's is refused, and given a rate it is taken", async () => {
	const batches = batchesOf((i) => i % 2);
	const compiled = (optimizer: string | tf.Optimizer) => {
		const model = build(1, "binaryCrossentropy");
		model.compile({ optimizer, loss: "binaryCrossentropy" });
		return model;
	};
	for (const [name, factory] of [
		["adagrad", tf.train.adagrad],
		["adadelta", tf.train.adadelta],
		["adamax", tf.train.adamax],
	] as const) {
		await assert.rejects(
			fit(compiled(name), batches, quiet),
			new RegExp(`tf\\.train\\.${name}\\(0\\.001\\)`),
		);
		await fit(compiled(factory(0.001)), batches, quiet);
	}
	for (const name of ["sgd", "adam", "rmsprop"]) {
		await fit(compiled(name), batches, quiet);
	}
});

test("a layer that keeps a state from batch to batch is refused", async () => {
	const model = tf.sequential({
		layers: [
			layers.reshape({
				batchInputShape: [batchSize, ...inputShape],
				targetShape: [size, size * 3],
			}),
			layers.simpleRNN({ units: 2, stateful: true }),
			layers.dense({ units: 1, activation: "sigmoid" }),
		],
	});
	model.compile({ optimizer: "sgd", loss: "binaryCrossentropy" });
	const batches = batchesOf((i) => i % 2);
	await assert.rejects(fit(model, batches, quiet), /keeps a state/);
	await assert.rejects(predict(model, batches, quiet), /keeps a state/);
});

test("no examples are refused, in place of NaN", async () => {
	const model = build(1, "binaryCrossentropy");
	const none = imagesOf((i) => i % 2)
		.take(0)
		.batch(4);
	await requireRefused(
		model,
		none,
		/has no examples/,
		batchesOf((i) => i % 2),
	);
	await assert.rejects(predict(model, none, quiet), /has no examples/);
});

test("a model that was compiled without metrics is trained", async () => {
	const model = build(1, "binaryCrossentropy");
	model.compile({ optimizer: "sgd", loss: "binaryCrossentropy" });
	const history = await fit(
		model,
		batchesOf((i) => i % 2),
		quiet,
	);
	assert.deepEqual(Object.keys(history), ["loss", "val_loss", "seconds"]);
	assert.ok(Number.isFinite(history.loss[0]));
});

test("trainable takes effect when the model is compiled again, with a line until then", async (t) => {
	const lines = t.mock.method(console, "log", () => {});
	const model = tf.sequential({
		layers: [
			layers.flatten({ inputShape }),
			layers.dense({ units: 2, activation: "relu" }),
			layers.dense({ units: 1, activation: "sigmoid" }),
		],
	});
	const compile = (optimizer = tf.train.adam(0.01)) =>
		model.compile({ optimizer, loss: "binaryCrossentropy" });
	const kernel = () => [
		...(model.layers[1]?.getWeights()[0]?.dataSync() ?? []),
	];
	const batches = batchesOf((i) => i % 2);
	compile();
	(model.layers[1] as tf.layers.Layer).trainable = false;
	const start = kernel();
	await fit(model, batches, quiet);
	const trained = kernel();
	assert.notDeepEqual(trained, start);
	assert.match(
		String(lines.mock.calls[0]?.arguments[0]),
		/trainable has changed since the model was compiled/,
	);
	const { optimizer } = model;
	compile(optimizer as tf.AdamOptimizer);
	await assert.rejects(
		fit(model, batches, quiet),
		/used with other weights before.*Compile the model with a new one/s,
	);
	compile();
	await fit(model, batches, quiet);
	assert.deepEqual(kernel(), trained);
});

test("a call argument that would be dropped is refused", async () => {
	const batches = batchesOf((i) => i % 2);
	const input = tf.input({ shape: inputShape });
	const flat = layers
		.flatten()
		.apply(input, { mask: true }) as tf.SymbolicTensor;
	const dense = layers.dense({ units: 1 }).apply(flat) as tf.SymbolicTensor;
	const called = tf.model({ inputs: input, outputs: dense });
	await assert.rejects(
		predict(called, batches, quiet),
		/called with the argument "mask", which is not supported/,
	);
});

test("a model whose output does not follow from its input is refused", async () => {
	const model = build(1, "binaryCrossentropy");
	const other = build(1, "binaryCrossentropy");
	const nested = tf.model({ inputs: model.inputs, outputs: model.outputs });
	// tfjs does not build such a model, but its lists can be changed.
	nested.outputs = other.outputs;
	await assert.rejects(
		predict(
			nested,
			batchesOf((i) => i % 2),
			quiet,
		),
		/does not follow from its input/,
	);
});

test("data without batches are refused with what to write", async () => {
	const model = build(1, "binaryCrossentropy");
	const images = imagesOf((i) => i % 2) as unknown as BatchedDataset;
	await requireRefused(
		model,
		images,
		/not in batches.*batch\(32\)/,
		batchesOf((i) => i % 2),
	);
	await assert.rejects(predict(model, images, quiet), /not in batches/);
});

test("layers that tfjs computes otherwise than Keras are refused", async () => {
	const batches = batchesOf((i) => i % 2);
	const cases: [tf.layers.Layer, RegExp][] = [
		[
			layers.upSampling2d({
				size: [2, 2],
				interpolation: "bilinear",
				inputShape,
			}),
			/interpolates at other positions than in Keras.*interpolation: "nearest"/,
		],
		[
			layers.conv2d({
				filters: 1,
				kernelSize: 1,
				activation: "hardSigmoid",
				inputShape,
			}),
			/hardSigmoid.*another function in Keras.*"sigmoid"/,
		],
	];
	for (const [layer, message] of cases) {
		const model = tf.sequential({
			layers: [
				layer,
				layers.flatten(),
				layers.dense({ units: 1, activation: "sigmoid" }),
			],
		});
		model.compile({ optimizer: "sgd", loss: "binaryCrossentropy" });
		await requireRefused(model, batches, message);
	}
});

test("metrics whose names are taken are refused, as one would hide the other", async () => {
	const batches = batchesOf((i) => i % 2);
	const loss = (_: tf.Tensor, p: tf.Tensor) => tf.mean(p, -1);
	for (const [metrics, name] of [
		[[(_: tf.Tensor, p: tf.Tensor) => p, (ys: tf.Tensor) => ys], "metric"],
		[[loss], "loss"],
	] as const) {
		const model = build(1, "binaryCrossentropy");
		model.compile({
			optimizer: "sgd",
			loss: "binaryCrossentropy",
			metrics: [...metrics],
		});
		await requireRefused(
			model,
			batches,
			new RegExp(`A metric is called "${name}"`),
		);
	}
});

test("a batch normalization within a wrapper, where it would not be frozen, is refused", async () => {
	const normalization = layers.batchNormalization();
	const inner = tf.sequential({
		layers: [layers.dense({ units: 2, inputShape: [size, 3] }), normalization],
	});
	const statistics = () =>
		normalization.getWeights().map((weight) => [...weight.dataSync()]);
	const model = tf.sequential({
		layers: [
			layers.timeDistributed({ layer: inner, inputShape, trainable: false }),
			layers.flatten(),
			layers.dense({ units: 1, activation: "sigmoid" }),
		],
	});
	model.compile({ optimizer: "sgd", loss: "binaryCrossentropy" });
	const before = statistics();
	await requireRefused(
		model,
		batchesOf((i) => i % 2),
		/wraps a BatchNormalization, which is not supported/,
	);
	assert.deepEqual(statistics(), before);
});

test("targets that do not fit a metric are refused before the first step", async () => {
	const compile = (loss: string, metric: string) => {
		const model = build(2, loss, "softmax");
		model.compile({ optimizer: "sgd", loss, metrics: [metric] });
		return model;
	};
	const [indices, rows] = [batchesOf((i) => i % 2), batchesOf(oneHot)];
	for (const metric of [
		"categoricalCrossentropy",
		"categoricalAccuracy",
		"binaryAccuracy",
		"precision",
		"mse",
	]) {
		await requireRefused(
			compile("sparseCategoricalCrossentropy", metric),
			indices,
			new RegExp(`${metric} needs targets of shape \\[batch, 2\\]`),
		);
	}
	await requireRefused(
		compile("categoricalCrossentropy", "sparseCategoricalCrossentropy"),
		rows,
		/sparseCategoricalCrossentropy needs class indices of shape \[batch, 1\]/,
	);
});
