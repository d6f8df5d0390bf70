// Trains the transfer model on some photos, and prints one JSON line with seconds, peak memory and accuracy.
// Usage: growth.mjs ARCHIVE WEIGHTS PHOTOS
import { performance } from "node:perf_hooks";
import { buildTransferModel, compile } from "./models.mjs";

const [archive, weights, photosText] = process.argv.slice(2);
const photos = Number(photosText);

// Standard output is only for the result.
console.log = console.error;

const { default: tf } = await import("@tensorflow/tfjs-node-gpu");
const { default: library } = await import("transfer-learning");
const { evaluate, fit, load, mobileNetV2, preprocess } = library;

const started = performance.now();
const { train } = await load("cats_vs_dogs", { archive });
const shuffled = train
	.take(photos)
	.shuffle(photos, { seed: 42, reshuffleEachIteration: false });
const count = Math.floor(photos * 0.8);
/** @param {typeof train} data */
const toBatches = (data) => data.map(preprocess).batch(32).prefetch(2);
const trainBatches = toBatches(shuffled.take(count));
const testBatches = toBatches(shuffled.skip(count));
const base = await mobileNetV2({ inputShape: [128, 128, 3], weights });
base.trainable = false;
const model = buildTransferModel(tf, base);
compile(tf, model);
await fit(model, trainBatches, {
	epochs: 10,
	validationData: testBatches,
	verbose: 0,
});
const { accuracy } = await evaluate(model, testBatches);
process.stdout.write(
	`${JSON.stringify({
		photos,
		seconds: (performance.now() - started) / 1000,
		memory: process.resourceUsage().maxRSS * 1024,
		accuracy,
	})}\n`,
);
