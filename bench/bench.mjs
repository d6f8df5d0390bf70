import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { runMain } from "../packages/tfjs-on-wheel/main.mjs";
import { UserError } from "../packages/tfjs-on-wheel/user_error.mjs";
import { buildDir, display, importLibrary } from "../scripts/setup/paths.mjs";
import { setUp } from "../scripts/setup.mjs";
import { measureMarks } from "./marks.mjs";
import { measure, measureOurs, onednn } from "./measure.mjs";

// npm run bench [-- --quick | --once], [-- --marks] or [-- --repeat [--quick]]
const quick = process.argv.includes("--quick");
const runs = quick || process.argv.includes("--once") ? 1 : 3;
const epochs = quick ? 1 : 10;
const growthPhotos = quick ? [500, 1000] : [500, 1000, 2000, 2792];

/**
 * The measurements of one run of one side.
 *
 * @typedef {object} Run
 * @property {Record<string, number>} stages seconds by name
 * @property {number} memory peak, in bytes
 * @property {number} [threads] of TensorFlow, on Linux
 * @property {Record<string, string>} versions
 * @property {string} [device]
 */

/** @typedef {{ photos: number, seconds: number, memory: number, accuracy: number }} Growth */

/** @typedef {{ memory: number[], peak: number }} Repeat resident bytes after each run, and at most */

await runMain(async () => {
	const environment = await setUp();
	// It needs the compiled library.
	const { formatGrowth, formatMarks, formatRepeat, formatStages, summarize } =
		await import("./table.mjs");
	const archive = await findArchive();
	const weights = await findWeights();
	if (process.argv.includes("--repeat")) {
		const photos = quick ? 300 : 1000;
		const args = [archive, weights, String(epochs), String(photos)];
		/** @type {Repeat} */
		const repeat = await measureOurs("bench/repeat.mjs", ...args);
		console.log(formatRepeat(repeat));
		write("repeat.json", { epochs, photos, ...repeat });
		return;
	}
	const names = JSON.stringify(
		/** @type {unknown} */ (await measureOurs("bench/names.mjs", archive)),
	);

	if (process.argv.includes("--marks")) {
		const marks = await measureMarks(environment, [archive, weights], names);
		console.log(formatMarks(marks));
		const file = path.join(buildDir, "bench.json");
		if (fs.existsSync(file))
			write("bench.json", {
				.../** @type {object} */ (JSON.parse(fs.readFileSync(file, "utf8"))),
				marks,
			});
		return;
	}

	console.log("Keras's jit_compile …");
	/** @type {{ seconds: { true: number, false: number }, auto: boolean }} */
	const jit = await measure(
		environment.python,
		["bench/keras_jit.py", archive, weights],
		names,
	);
	const jitCompile = jit.seconds.true < jit.seconds.false;

	/** @type {Run[]} */
	const ours = [];
	/** @type {Run[]} */
	const keras = [];
	const args = [archive, weights, String(epochs)];
	for (let run = 1; run <= runs; run++) {
		console.log(`Run ${run} of ${runs}: TypeScript …`);
		ours.push(await measureOurs("bench/article.mjs", ...args));
		console.log(`Run ${run} of ${runs}: Keras …`);
		keras.push(
			await measure(
				environment.python,
				["bench/keras_article.py", ...args, String(jitCompile)],
				names,
			),
		);
	}
	/** @type {Growth[]} */
	const growth = [];
	for (const photos of growthPhotos) {
		console.log(`${photos} photos …`);
		growth.push(
			await measureOurs("bench/growth.mjs", archive, weights, String(photos)),
		);
	}

	const result = {
		device: `${ours[0]?.device}, ${os.cpus()[0]?.model.trim()}, ${os.availableParallelism()} cores`,
		versions: { ...keras[0]?.versions, ...ours[0]?.versions },
		flags: readFlags(),
		threads: { ours: ours[0]?.threads, keras: keras[0]?.threads },
		onednn,
		jit_compile: { choice: jitCompile, ...jit },
		runs,
		epochs,
		...summarize(ours, keras),
		growth,
	};
	console.log(`\n${[result.device, ...result.flags].join(", ")}
TensorFlow's threads: ${result.threads.ours ?? "?"} in TypeScript, ${result.threads.keras ?? "?"} in Keras; TF_ENABLE_ONEDNN_OPTS=${onednn}; Keras's jit_compile: ${jitCompile}
${runs} runs of ${epochs} epochs`);
	console.log(formatStages(result));
	console.log(formatGrowth(growth));
	write("bench.json", result);
});

/**
 * Writes results to `build/`, and says where.
 *
 * @param {string} name
 * @param {object} results
 */
function write(name, results) {
	const file = path.join(buildDir, name);
	fs.mkdirSync(buildDir, { recursive: true });
	fs.writeFileSync(file, `${JSON.stringify(results, null, "\t")}\n`);
	console.log(display(file));
}

/** Lists the processor's instructions that matter to TensorFlow, where Linux tells them. */
function readFlags() {
	const file = "/proc/cpuinfo";
	const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
	const [flags = ""] = /^flags\s*:.*$/m.exec(text) ?? [];
	return (
		flags.match(/\b(avx2|avx512f|avx\w*_(vnni|bf16|fp16)|amx_\w+)\b/g) ?? []
	);
}

async function findArchive() {
	/** @type {typeof import("../lib/sources/official.js")} */
	const { officialArchive } = await importLibrary("sources/official");
	const archive = process.env.CATS_VS_DOGS ?? officialArchive.file;
	if (!fs.existsSync(archive) || fs.statSync(archive).isDirectory())
		throw new UserError(
			`The benchmark reads the same photos in both languages from one archive, but there is none at ${archive}.\nName one with CATS_VS_DOGS=/path/to/${path.basename(officialArchive.file)}.`,
		);
	return archive;
}

async function findWeights() {
	/** @type {typeof import("../lib/models/pretrained.js")} */
	const { findImageNetWeights } = await importLibrary("models/pretrained");
	return findImageNetWeights(1, 128, 128)?.file ?? "";
}
