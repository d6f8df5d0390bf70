import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { runMain } from "../packages/tfjs-on-wheel/main.mjs";
import { CommandError, run, start } from "../packages/tfjs-on-wheel/run.mjs";
import { step } from "../packages/tfjs-on-wheel/step.mjs";
import { UserError } from "../packages/tfjs-on-wheel/user_error.mjs";
import { runTsc } from "./setup/library.mjs";
import { dataDir, root } from "./setup/paths.mjs";
import { setUp } from "./setup.mjs";

// npm test: set-up, lint, types and the tests to run before each commit
// npm test -- fit: the same, but of the tests those whose path has "fit" in it; --options go to node's test runner
// npm run test:rest: the other tests, with --rest
const words = process.argv.slice(2);
const isRest = words.includes("--rest");
const options = words.filter(
	(word) => word.startsWith("-") && word !== "--rest",
);
const names = words.filter((word) => !word.startsWith("-"));

/** What `npm test` leaves to `npm run test:rest`: paths, or their beginnings, and why. */
const rest = {
	"test/archive/fuzz.test.ts": "tries thousands of mutated files",
	"test/browser/": "drives JupyterLab in a browser",
	"test/download/faults.test.ts": "injects network faults",
	"test/jupyter/tools.test.ts": "runs notebooks with other tools",
	"test/models/fetch_weights.test.ts": "injects network faults",
	"test/setup/": "sets up fresh clones, with compilers and registries",
};

/** They start kernels, browsers or set-ups: two at once wait for each other, or for ever (tslab's start is not safe beside another). */
const alone = [
	"test/browser/",
	"test/jupyter/",
	"test/setup/",
	"test/walkthrough/",
];

/** Executes a small walkthrough in `npm test`, and the whole in the rest. */
const walkthrough = "test/walkthrough/executed.test.ts";

await runMain(async () => {
	const files = findTests();
	await setUp();
	if (!isRest) await checkSources();
	await chooseArchive();
	process.exitCode = await runTests(files);
});

async function checkSources() {
	await step("lint and format", async (say) => {
		say.doing("biome ci");
		await checkStyle();
		return "clean";
	});
	await step("types", async (say) => {
		say.doing("tsc on tests and scripts");
		await runTsc(root);
		return "clean";
	});
}

/** Tests read an archive that is at hand, and never download one: without photos they read drawings. */
async function chooseArchive() {
	const named = process.env.CATS_VS_DOGS;
	const official = path.join(dataDir, "kagglecatsanddogs_5340.zip");
	if (named ? named !== "drawn" : fs.existsSync(official)) return;
	const module = path.join(root, "lib", "dist", "sources", "drawings.js");
	/** @type {typeof import("../lib/sources/drawings.js")} */
	const { drawnArchive } = await import(pathToFileURL(module).href);
	process.env.CATS_VS_DOGS = await drawnArchive();
}

/** @returns {string[]} the files with the tests that were asked for */
function findTests() {
	const files = fs
		.readdirSync(path.join(root, "test"), { recursive: true })
		.map((file) => ["test", ...String(file).split(path.sep)].join("/"))
		.filter((file) => file.endsWith(".test.ts"))
		.filter(isWanted)
		.sort();
	if (files.length === 0)
		throw new UserError(
			`No test file in test/ has a name with ${names.join(" or ")} in it.\nSay npm test alone to run them all.`,
		);
	return files;
}

/** @param {string} file */
function isWanted(file) {
	if (names.length > 0) return names.some((name) => file.includes(name));
	const isInRest = Object.keys(rest).some((start) => file.startsWith(start));
	return isRest ? isInRest || file === walkthrough : !isInRest;
}

async function checkStyle() {
	const biome = path.join(root, "node_modules/@biomejs/biome/bin/biome");
	try {
		await run(process.execPath, [biome, "ci", "--colors=off"], { cwd: root });
	} catch (error) {
		if (!(error instanceof CommandError)) throw error;
		throw new UserError(
			`Biome does not accept the sources:\n${error.output.trim()}\nnpm run format fixes what it can.`,
		);
	}
}

/**
 * @param {readonly string[]} files
 * @returns {Promise<number>} the exit status of node's test runner
 */
async function runTests(files) {
	/** @param {string} file */
	const isAlone = (file) => alone.some((start) => file.startsWith(start));
	// Each of our files may start TensorFlow twice, which takes a gigabyte, so four at once are enough.
	const limit = Math.min(4, os.availableParallelism());
	const together = files.filter((file) => !isAlone(file));
	return (
		(await runFiles(together, limit)) ||
		(await runFiles(files.filter(isAlone), 1))
	);
}

/**
 * @param {readonly string[]} files
 * @param {number} limit how many run at a time
 * @returns {Promise<number>} the exit status
 */
async function runFiles(files, limit) {
	if (files.length === 0) return 0;
	const runner = start(
		process.execPath,
		[
			"--import",
			"tsx",
			"--import",
			"./scripts/fail_early_exit.mjs",
			"--test",
			"--test-reporter=spec",
			"--test-reporter-destination=stdout",
			`--test-concurrency=${limit}`,
			...options,
			...files,
		],
		{
			cwd: root,
			stdio: "inherit",
			env: isRest ? { ...process.env, WALKTHROUGH: "full" } : process.env,
		},
	);
	const [code] = await once(runner, "close");
	return code ?? 1;
}
