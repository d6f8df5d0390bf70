import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { describeKernel } from "../scripts/setup/kernel.mjs";
import { runMain } from "../scripts/setup/main.mjs";
import {
	buildDir,
	display,
	importLibrary,
	root,
} from "../scripts/setup/paths.mjs";
import { UserError } from "../scripts/setup/user_error.mjs";
import { setUp } from "../scripts/setup.mjs";

// npm run bench [-- --quick | --once]
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
 * @property {Record<string, string>} versions
 * @property {string} [device]
 */

/** @typedef {{ photos: number, seconds: number, memory: number, accuracy: number }} Growth */

await runMain(async () => {
	const environment = await setUp();
	// It needs the compiled library.
	const { formatGrowth, formatStages, summarize } = await import("./table.mjs");
	const archive = await findArchive();
	const weights = await findWeights();
	const names = JSON.stringify(
		/** @type {unknown} */ (await measureOurs("bench/names.mjs", archive)),
	);

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
				["bench/keras_article.py", ...args],
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
		runs,
		epochs,
		...summarize(ours, keras),
		growth,
	};
	const file = path.join(buildDir, "bench.json");
	fs.mkdirSync(buildDir, { recursive: true });
	fs.writeFileSync(file, `${JSON.stringify(result, null, "\t")}\n`);
	console.log(`\n${result.device}; ${runs} runs of ${epochs} epochs`);
	console.log(formatStages(result));
	console.log(formatGrowth(growth));
	console.log(display(file));
});

/**
 * Runs one of our scripts in the environment of a notebook's kernel.
 *
 * @param {...string} args the script and its arguments
 */
async function measureOurs(...args) {
	return await measure(process.execPath, args, "", describeKernel().env);
}

/**
 * Runs one measurement in its own process, and parses the last line that it prints. Its standard error is shown only if it
 * fails.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {string} [input]
 * @param {NodeJS.ProcessEnv} [env] added to the environment
 */
async function measure(command, args, input = "", env = {}) {
	const child = spawn(command, args, {
		cwd: root,
		env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", ...env },
	});
	child.stdin.end(input);
	let [output, errors] = ["", ""];
	child.stdout.setEncoding("utf8").on("data", (text) => {
		output += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text) => {
		errors += text;
	});
	const code = await new Promise((resolve) => child.once("close", resolve));
	if (code !== 0)
		throw new UserError(
			`${path.basename(command)} ${args[0]} ended with status ${code}:\n${errors.slice(-3000)}`,
		);
	return JSON.parse(output.trim().split("\n").at(-1) ?? "");
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
