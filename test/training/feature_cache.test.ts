import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
	type Example,
	evaluate,
	fit,
	ImageDataset,
	type ImageExample,
	predict,
} from "transfer-learning";
import { tf } from "../../lib/dist/tf";
import { cachedFeatures } from "../../lib/dist/training/feature_cache";
import { madeUpImages } from "../support/images";

const quiet = { verbose: 0 } as const;
const { layers } = tf;

function buildBase(): tf.Sequential {
	const base = tf.sequential({
		layers: [
			layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3 }),
			layers.globalAveragePooling2d({}),
		],
	});
	base.trainable = false;
	return base;
}

function buildModel(base: tf.Sequential): tf.Sequential {
	const model = tf.sequential({
		layers: [base, layers.dense({ units: 1, activation: "sigmoid" })],
	});
	model.compile({
		optimizer: tf.train.sgd(0),
		loss: "binaryCrossentropy",
		metrics: ["accuracy"],
	});
	return model;
}

test("a label that a map changes reaches the targets, features cached or not", async () => {
	const model = buildModel(buildBase());
	const images = madeUpImages(20);
	const flip = Object.assign(
		(example: ImageExample) => ({
			...example,
			label: 1 - Number(example.label),
		}),
		{ deterministic: true },
	);
	const flipped = images.map(flip).batch(8);
	model.compile({
		optimizer: tf.train.adam(0.05),
		loss: "binaryCrossentropy",
		metrics: ["accuracy"],
	});
	await fit(model, images.batch(8), { ...quiet, epochs: 30 });
	const { accuracy = 0 } = await evaluate(model, images.batch(8), quiet);
	assert.ok(accuracy > 0.8, `it has learnt the labels: ${accuracy}`);
	const before = await evaluate(model, flipped, quiet);
	assert.ok(Math.abs((before.accuracy ?? 0) + accuracy - 1) < 1e-6);
	await fit(model, flipped, { ...quiet, epochs: 60 });
	const after = await evaluate(model, flipped, quiet);
	assert.ok((after.accuracy ?? 0) > 0.8, "and learns the others");
});

test("predict on the base and fit on a model over it keep their features side by side", async () => {
	let asked = 0;
	const batches = madeUpImages(20, { onMap: () => asked++ }).batch(8);
	const base = buildBase();
	const model = tf.sequential({
		layers: [
			base,
			layers.reLU(),
			layers.dense({ units: 1, activation: "sigmoid" }),
		],
	});
	model.compile({
		optimizer: "sgd",
		loss: "binaryCrossentropy",
		metrics: ["accuracy"],
	});
	await fit(model, batches, quiet);
	assert.equal(asked, 20);
	await predict(base, batches, quiet);
	const before = asked;
	await fit(model, batches, quiet);
	assert.equal(
		asked,
		before,
		"the base's outputs are another step's than the model's features",
	);
});

test("cacheBytes bounds the features of all models; the least recently used go first", async () => {
	const asked = new Map<string, number>();
	const dataset = (name: string) =>
		madeUpImages(10, {
			onMap: () => asked.set(name, (asked.get(name) ?? 0) + 1),
		}).batch(5);
	const model = buildModel(buildBase());
	const [one, two, three] = ["one", "two", "three"].map(dataset) as [
		ReturnType<typeof dataset>,
		ReturnType<typeof dataset>,
		ReturnType<typeof dataset>,
	];
	// Four numbers of four bytes an example: room for two of the three data sets.
	const options = { ...quiet, cacheBytes: 20 * 16 };
	await fit(model, one, options);
	await fit(model, two, options);
	await fit(model, one, options);
	assert.deepEqual(Object.fromEntries(asked), { one: 10, two: 10 });
	await fit(model, three, options);
	assert.ok(cachedFeatures().bytes <= 20 * 16);
	await fit(model, one, options);
	assert.equal(asked.get("one"), 10, "used after two, so two went first");
	await fit(model, two, options);
	assert.equal(asked.get("two"), 20);
});

async function collectAll(): Promise<void> {
	setFlagsFromString("--expose-gc");
	const collect = runInNewContext("gc") as () => void;
	for (let i = 0; i < 5; i++) {
		collect();
		await setImmediate();
	}
}

test("features that leave the cache leave the memory, though their examples stay", async () => {
	// Nothing is frozen, so the features are the pixels: 120 kB an example.
	const trainable = tf.sequential({
		layers: [
			layers.conv2d({ inputShape: [100, 100, 3], filters: 1, kernelSize: 1 }),
			layers.globalAveragePooling2d({}),
			layers.dense({ units: 1, activation: "sigmoid" }),
		],
	});
	trainable.compile({ optimizer: "sgd", loss: "binaryCrossentropy" });
	const large = (example: ImageExample): ImageExample => ({
		...example,
		image: { data: new Float32Array(30_000), shape: [100, 100, 3] },
	});
	const sets = Array.from({ length: 6 }, () =>
		madeUpImages(50)
			.map(Object.assign(large, { deterministic: true }))
			.batch(10),
	);
	const sizes: number[] = [];
	for (const batches of sets) {
		await fit(trainable, batches, { ...quiet, cacheBytes: 50 * 120_000 });
		await collectAll();
		sizes.push(process.memoryUsage().arrayBuffers);
	}
	const grown = (sizes.at(-1) as number) - (sizes[1] as number);
	assert.ok(grown < 6e6, `${grown / 1e6} MB more after four more data sets`);
	trainable.dispose();
});

test("features are released with their examples, and with maps that are not in use any more", async () => {
	await collectAll();
	const { count } = cachedFeatures();
	const maps: WeakRef<object>[] = [];
	const model = buildModel(buildBase());
	const examples = Array.from({ length: 10 }, (_, i) => ({
		id: `image ${i}`,
		label: i % 2,
		read: () => Promise.reject(new Error("no file")),
	}));
	const train = async () => {
		// A new function each time, as in a cell that is run again.
		const map = (example: Example) => ({
			...example,
			image: {
				data: new Float32Array(192).fill(example.label),
				shape: [8, 8, 3] as const,
			},
		});
		maps.push(new WeakRef(map));
		const images = ImageDataset.from(examples).map(
			Object.assign(map, { deterministic: true }),
		);
		await fit(model, images.batch(5), quiet);
	};
	for (let i = 0; i < 5; i++) await train();
	await collectAll();
	const alive = maps.filter((map) => map.deref() !== undefined).length;
	assert.ok(alive <= 1, `${alive} of 5 maps are still there`);
	assert.ok(cachedFeatures().count <= count + examples.length);
});
