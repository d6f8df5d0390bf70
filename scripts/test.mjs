import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { runTsc } from "./setup/library.mjs";
import { runMain } from "./setup/main.mjs";
import { dataDir, root } from "./setup/paths.mjs";
import { CommandError, run } from "./setup/run.mjs";
import { step } from "./setup/step.mjs";
import { UserError } from "./setup/user_error.mjs";
import { setUp } from "./setup.mjs";

// npm test [-- part of a file's name … --options of node's test runner]
const words = process.argv.slice(2);
const options = words.filter((word) => word.startsWith("-"));
const names = words.filter((word) => !word.startsWith("-"));

/** They need a browser and run only when they are asked for, as `npm run test:browser` does. */
const browserTests = path.join("test", "browser", path.sep);

await runMain(async () => {
	const files = findTests(names);
	await setUp();
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
	await chooseArchive();
	process.exitCode = await runTests(files);
});

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

/**
 * @param {readonly string[]} parts
 * @returns {string[]} the test files whose path holds one of the parts, or all
 */
function findTests(parts) {
	const files = fs
		.readdirSync(path.join(root, "test"), { recursive: true })
		.map((file) => path.join("test", String(file)))
		.filter((file) => file.endsWith(".test.ts"))
		.filter((file) =>
			parts.length
				? parts.some((part) => file.includes(part))
				: !file.startsWith(browserTests),
		)
		.sort();
	if (files.length === 0)
		throw new UserError(
			`No test file in test/ has a name with ${parts.join(" or ")} in it.\nSay npm test alone to run them all.`,
		);
	return files;
}

async function checkStyle() {
	const biome = path.join(root, "node_modules/@biomejs/biome/bin/biome");
	try {
		await run(process.execPath, [biome, "ci", "--colors=off"]);
	} catch (error) {
		if (!(error instanceof CommandError)) throw error;
		throw new UserError(
			`Biome does not accept the sources:\n${error.output.trim()}\nnpm run format mends what can be mended by itself.`,
		);
	}
}

/**
 * @param {readonly string[]} files
 * @returns {Promise<number>} the exit status of node's test runner
 */
async function runTests(files) {
	// Node 20.9 knows no --test-concurrency; it takes one process a core but one, as later ones do by
	// default. Each of our files may start TensorFlow, so more than a few at once only wait for memory.
	const limit = process.allowedNodeEnvironmentFlags.has("--test-concurrency")
		? [
				`--test-concurrency=${Math.min(4, Math.max(1, os.availableParallelism() - 1))}`,
			]
		: [];
	const runner = spawn(
		process.execPath,
		[
			"--import",
			"tsx",
			"--test",
			"--test-reporter=spec",
			"--test-reporter-destination=stdout",
			...limit,
			...options,
			...files,
		],
		{ cwd: root, stdio: "inherit" },
	);
	const [code] = await once(runner, "close");
	return code ?? 1;
}
