// The walkthrough in TypeScript. Prints one JSON line with the seconds of each stage.
// Usage: article.mjs ARCHIVE WEIGHTS EPOCHS
import * as fs from "node:fs";
import { performance } from "node:perf_hooks";
import { buildScratchModel, buildTransferModel, compile } from "./models.mjs";

const [archive, weights, epochsText] = process.argv.slice(2);
const epochs = Number(epochsText);
/** @type {Record<string, number>} */
const stages = {};

/**
 * @template T
 * @param {string} stage
 * @param {() => Promise<T>} action
 */
async function timed(stage, action) {
	const start = performance.now();
	const result = await action();
	stages[stage] = (performance.now() - start) / 1000;
	return result;
}

// Standard output is only for the result.
console.log = console.error;

const started = performance.now();
const { default: tf } = await import("@tensorflow/tfjs-node-gpu");
const {
	createPreprocess,
	evaluate,
	fit,
	ImageDataset,
	load,
	mobileNetV2,
	predict,
} = (await import("transfer-learning")).default;
tf.scalar(0).dispose(); // The backend starts with the first tensor.
stages.import = (performance.now() - started) / 1000;

const { train } = await timed("read", () => load("cats_vs_dogs", { archive }));
const dataset = train.take(1000);
const preprocess = createPreprocess();
/** @param {typeof train} data */
const toBatches = (data) => data.map(preprocess).batch(32).prefetch(2);
const shuffled = dataset.shuffle(1000, { seed: 42 });
const trainBatches = toBatches(shuffled.take(800));
const testBatches = toBatches(shuffled.skip(800));

const base = await timed("build", async () => {
	const base = await mobileNetV2({ inputShape: [128, 128, 3], weights });
	base.trainable = false;
	return base;
});
const model = buildTransferModel(tf, base);
/** @param {import("@tensorflow/tfjs-node-gpu").LayersModel} model */
const trainModel = (model) => {
	compile(tf, model);
	return fit(model, trainBatches, {
		epochs,
		validationData: testBatches,
		verbose: 0,
	});
};
const history = await timed("transfer", () => trainModel(model));
await timed("evaluate", () => evaluate(model, testBatches));

const scratch = buildScratchModel(tf);
const scratchHistory = await timed("scratch", () => trainModel(scratch));
await evaluate(scratch, testBatches);
stages.article = (performance.now() - started) / 1000;
const memory = process.resourceUsage().maxRSS * 1024;

// Measurements beyond the walkthrough.
/** @typedef {import("transfer-learning").ImageExample} ImageExample @type {Map<string, ImageExample>} */
const pixels = new Map();
/** @param {ImageExample} element */
const remember = (element) => {
	pixels.set(element.id, element);
	return element;
};
// As in Keras.s data set, the files are in memory.
const inFiles = ImageDataset.from(
	await Promise.all(
		dataset.examples().map(async (example) => {
			const file = await example.read();
			return { ...example, read: async () => file };
		}),
	),
);
await timed("load", async () => {
	const batches = inFiles.map(preprocess).map(remember).batch(32).prefetch(2);
	for await (const { xs, ys } of batches) tf.dispose([xs, ys]);
});
const inMemory = dataset.map(
	({ id }) => /** @type {ImageExample} */ (pixels.get(id)),
);
await predict(base, inMemory.take(32).batch(32));
await timed("features", () => predict(base, inMemory.batch(32)));

/**
 * With a new function at its end: nothing that was computed without it is found again.
 *
 * @param {typeof train} data
 */
const toFresh = (data) =>
	data
		.map(preprocess)
		.map((element) => ({ ...element }))
		.batch(32)
		.prefetch(2);

/** @type {number[]} */
const seconds = [];
for (const example of dataset.examples().slice(0, 21)) {
	const start = performance.now();
	await predict(model, toFresh(ImageDataset.from([example])));
	seconds.push((performance.now() - start) / 1000);
}
seconds.shift(); // The first prediction includes tracing.
stages.predict_one = seconds.sort((a, b) => a - b)[10] ?? Number.NaN;
await timed("predict_all", () => predict(model, toFresh(inFiles)));

const secondModel = buildTransferModel(tf, base);
await timed("head", () => trainModel(secondModel));
await timed("evaluate_fresh", () =>
	evaluate(model, toFresh(shuffled.skip(800))),
);

// Linux knows threads by name.
const tasks = "/proc/self/task";
const threads = fs.existsSync(tasks)
	? fs
			.readdirSync(tasks)
			.map((id) => fs.readFileSync(`${tasks}/${id}/comm`, "utf8"))
			.filter((name) => name.startsWith("tf_Compute")).length
	: undefined;
const { isUsingGpuDevice } =
	/** @type {{ isUsingGpuDevice: boolean }} added by tfjs-node's backend */ (
		/** @type {unknown} */ (tf.backend())
	);
process.stdout.write(
	`${JSON.stringify({
		stages,
		memory,
		threads,
		device: isUsingGpuDevice ? "GPU" : "CPU",
		versions: { tfjs: tf.version["tfjs-core"], node: process.versions.node },
		val_accuracy: history.val_accuracy,
		scratch_val_accuracy: scratchHistory.val_accuracy,
	})}\n`,
);
