// Trains and evaluates both models ten times in one process, as one who runs a notebook's cells again. Prints one JSON line
// with the resident memory after each run. Usage: repeat.mjs ARCHIVE WEIGHTS EPOCHS PHOTOS
import { buildScratchModel, buildTransferModel, compile } from "./models.mjs";

const [archive, weights, epochsText, photosText] = process.argv.slice(2);
const [epochs, photos] = [Number(epochsText), Number(photosText)];

// Standard output is only for the result.
console.log = console.error;

const { default: tf } = await import("@tensorflow/tfjs-node-gpu");
const { default: library } = await import("transfer-learning");
const { createPreprocess, evaluate, fit, load, mobileNetV2 } = library;

/** @type {number[]} */
const memory = [];
for (let run = 0; run < 10; run++) {
	const { train } = await load("cats_vs_dogs", { archive });
	const shuffled = train.take(photos).shuffle(photos, { seed: 42 });
	const preprocess = createPreprocess();
	/** @param {typeof train} data */
	const toBatches = (data) => data.map(preprocess).batch(32).prefetch(2);
	const count = photos * 0.8;
	const trainBatches = toBatches(shuffled.take(count));
	const validationData = toBatches(shuffled.skip(count));
	const base = await mobileNetV2({ inputShape: [128, 128, 3], weights });
	base.trainable = false;
	for (const model of [buildTransferModel(tf, base), buildScratchModel(tf)]) {
		compile(tf, model);
		await fit(model, trainBatches, { epochs, validationData, verbose: 0 });
		await evaluate(model, validationData);
		model.dispose();
	}
	memory.push(process.memoryUsage.rss());
}
const peak = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${JSON.stringify({ memory, peak })}\n`);
