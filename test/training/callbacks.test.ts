import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate, fit, predict } from "transfer-learning";
import { tf } from "../../lib/dist/tf";
import { batchSize, count, imagesOf, size } from "./keras";

const quiet = { verbose: 0 } as const;
const images = imagesOf((i) => i % 2);
const batches = images.batch(batchSize);
const batchesAnEpoch = Math.ceil(count / batchSize);

function build(): tf.Sequential {
	const model = tf.sequential({
		layers: [
			tf.layers.flatten({ inputShape: [size, size, 3] }),
			tf.layers.dense({ units: 1, activation: "sigmoid" }),
		],
	});
	model.compile({
		optimizer: tf.train.sgd(0.01),
		loss: "binaryCrossentropy",
		metrics: ["accuracy"],
	});
	return model;
}

test("callbacks are called in Keras's order, with Keras's keys", async () => {
	const calls: string[] = [];
	const keys = (logs: object | undefined) => Object.keys(logs ?? {}).sort();
	const history = await fit(build(), batches, {
		...quiet,
		epochs: 4,
		initialEpoch: 2,
		validationData: images.take(9).batch(batchSize),
		callbacks: {
			onTrainBegin: () => calls.push("begin"),
			onEpochBegin: (epoch) => calls.push(`epoch ${epoch}`),
			onBatchEnd: (batch, logs) => {
				calls.push(`batch ${batch} of ${logs?.size}`);
				assert.deepEqual(keys(logs), ["accuracy", "batch", "loss", "size"]);
			},
			onEpochEnd: async (epoch, logs) => {
				await new Promise((done) => setTimeout(done, 5));
				calls.push(`end ${epoch}`);
				assert.deepEqual(keys(logs), [
					"accuracy",
					"loss",
					"val_accuracy",
					"val_loss",
				]);
			},
			onTrainEnd: () => calls.push("end"),
		},
	});
	const steps = ["batch 0 of 8", "batch 1 of 8", "batch 2 of 6"];
	assert.deepEqual(calls, [
		"begin",
		...["epoch 2", ...steps, "end 2"],
		...["epoch 3", ...steps, "end 3"],
		"end",
	]);
	assert.equal(history.loss.length, 2);
});

test("the lines of the epochs are numbered on from initialEpoch", async (t) => {
	const lines = t.mock.method(console, "log", () => {});
	await fit(build(), batches, { epochs: 4, initialEpoch: 2 });
	const texts = lines.mock.calls.map(({ arguments: [text] }) => String(text));
	assert.match(texts[0] ?? "", /^Epoch 3\/4 - /);
	assert.match(texts[1] ?? "", /^Epoch 4\/4 - /);
});

test("tfjs's own callbacks work: earlyStopping and CustomCallback", async () => {
	const seen: number[] = [];
	const stopping = tf.callbacks.earlyStopping({
		monitor: "val_accuracy",
		mode: "max",
		minDelta: 2,
		patience: 2,
	});
	const custom = new tf.CustomCallback({
		onEpochEnd: async (epoch) => {
			seen.push(epoch);
		},
	});
	const history = await fit(build(), batches, {
		...quiet,
		epochs: 50,
		validationData: batches,
		callbacks: [stopping, custom],
	});
	// An accuracy cannot grow by 2: the first is the best, and two epochs later it ends.
	assert.deepEqual(seen, [0, 1, 2]);
	assert.equal(history.val_loss.length, 3);
});

test("model.stopTraining ends the training after the batch, and the epoch is recorded", async () => {
	const model = build();
	let done = 0;
	const history = await fit(model, batches, {
		...quiet,
		epochs: 5,
		validationData: batches,
		callbacks: {
			onBatchEnd: () => {
				done++;
				if (done === batchesAnEpoch + 1) model.stopTraining = true;
			},
		},
	});
	assert.equal(done, batchesAnEpoch + 1);
	assert.equal(history.loss.length, 2);
	assert.equal(history.val_loss.length, 2);
	const next = await fit(model, batches, { ...quiet, epochs: 2 });
	assert.equal(next.loss.length, 2, "the next training begins anew");
});

test("a callback's error ends the training and leaves no tensor behind", async () => {
	const model = build();
	const before = tf.memory().numTensors;
	const fail = () => {
		throw new Error("my own");
	};
	for (const callbacks of [{ onBatchBegin: fail }, { onBatchEnd: fail }]) {
		await assert.rejects(
			fit(model, batches, { ...quiet, callbacks }),
			/my own/,
		);
		assert.equal(tf.memory().numTensors, before);
	}
});

test("a signal ends fit with the history so far, and evaluate and predict with an error", async () => {
	const controller = new AbortController();
	const { signal } = controller;
	const history = await fit(build(), batches, {
		...quiet,
		epochs: 100,
		signal,
		callbacks: {
			onEpochEnd: (epoch) => {
				if (epoch === 2) controller.abort();
			},
		},
	});
	assert.equal(history.loss.length, 3);
	const model = build();
	await assert.rejects(
		evaluate(model, batches, { ...quiet, signal }),
		/evaluate was interrupted after batch 1 of 3/,
	);
	await assert.rejects(
		predict(model, batches, { ...quiet, signal }),
		/predict was interrupted after batch 1 of 3/,
	);
});

test("a signal that is aborted before fit begins leaves the model as it is", async () => {
	const model = build();
	const kernel = () => [...(model.getWeights()[0]?.dataSync() ?? [])];
	const before = kernel();
	const signal = AbortSignal.abort();
	const history = await fit(model, batches, { ...quiet, epochs: 3, signal });
	assert.equal(history.loss.length, 0);
	assert.deepEqual(kernel(), before);
});
