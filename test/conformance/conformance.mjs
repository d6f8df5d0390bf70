import * as fs from "node:fs";
import * as path from "node:path";
import * as vm from "node:vm";
import { runMain } from "../../packages/tfjs-on-wheel/main.mjs";
import { run } from "../../packages/tfjs-on-wheel/run.mjs";
import { UserError } from "../../packages/tfjs-on-wheel/user_error.mjs";
import { buildDir, root } from "../../scripts/setup/paths.mjs";
import { setUp } from "../../scripts/setup.mjs";

// npm run conformance: tfjs's own test suite on the addon, with and without the library's kernels

/** As many tests of tfjs-core 4.22.0 pass on TensorFlow 2.21. */
const leastPassed = 3877;

/** Tests that fail for a reason that is not ours. @type {Record<string, string>} */
const knownFailures = {
	"round test-tensorflow {} int32":
		"TensorFlow's kernel Round gives 0 for every int32 (tf.raw_ops.Round in Python does too)",
};

const folder = path.join(buildDir, "conformance");
const backend = path.join(
	root,
	"node_modules/@tensorflow/tfjs-node-gpu/dist/run_tests.js",
);

await runMain(async () => {
	await setUp();
	fs.mkdirSync(folder, { recursive: true });
	const suite = await bundleSuite();
	const exclusions = writeExclusions();
	const library = path.join(root, "lib/dist/kernels/register.js");
	const withLibrary = await runSuite(suite, [exclusions, library]);
	const alone = await runSuite(suite, [exclusions]);
	report("tfjs's tests with the library's kernels and gradients", withLibrary);
	report("tfjs's tests on the addon as it is", alone);
	const isGood = [withLibrary, alone].every(
		({ passed, failures }) =>
			passed >= leastPassed &&
			failures.every(({ name }) => name in knownFailures),
	);
	process.exitCode = isGood ? 0 : 1;
});

/**
 * tfjs's tests are ES modules without file extensions, which Node cannot import.
 *
 * @returns {Promise<string>} the bundle's path
 */
async function bundleSuite() {
	// Installed by the set-up, so not there when this file is loaded.
	const { build } = await import("esbuild");
	const outfile = path.join(folder, "suite.js");
	await build({
		entryPoints: [path.join(root, "test/conformance/suite.cjs")],
		outfile,
		bundle: true,
		platform: "node",
		// tfjs-core says that its tests have no side effects: they would all be left out.
		ignoreAnnotations: true,
		external: ["@tensorflow/tfjs-node-gpu", "jasmine-core"],
		logLevel: "error",
	});
	return outfile;
}

/** @returns {string} a file with the tests that tfjs-node-gpu itself leaves out, as its own runner lists them */
function writeExclusions() {
	const list = /\bIGNORE_LIST = (\[.*?\n\]);/s.exec(
		fs.readFileSync(backend, "utf8"),
	)?.[1];
	if (!list)
		throw new UserError(
			`${backend} has no IGNORE_LIST. Another version of tfjs-node-gpu than package-lock.json's?`,
		);
	const file = path.join(folder, "exclusions.json");
	fs.writeFileSync(file, JSON.stringify(vm.runInNewContext(list)));
	return file;
}

/**
 * @param {string} suite
 * @param {string[]} args
 * @returns {Promise<import("./suite.cjs").Result>}
 */
async function runSuite(suite, args) {
	/** @type {string | undefined} */
	let last;
	await run(process.execPath, [suite, ...args], {
		env: {
			TF_CPP_MIN_LOG_LEVEL: "3",
			// As the library sets it. Without oneDNN, TensorFlow refuses a dilated depthwise convolution before tfjs does,
			// in other words than one of the tests expects.
			TF_ENABLE_ONEDNN_OPTS: "1",
		},
		onLine: (line) => {
			last = line;
		},
	});
	return JSON.parse(last ?? "");
}

/**
 * @param {string} title
 * @param {import("./suite.cjs").Result} result
 */
function report(title, { passed, excluded, failures }) {
	console.log(`\n${title} (${excluded} excluded by tfjs-node-gpu itself)`);
	for (const { name, messages } of failures)
		console.log(
			name in knownFailures
				? `  fails: ${name}: ${knownFailures[name]}`
				: `  FAILS UNEXPECTEDLY: ${name}: ${messages.join(" ")}`,
		);
	if (passed < leastPassed)
		console.log(`  ${leastPassed} should pass at least.`);
	console.log(`${passed} passed, ${failures.length} failed`);
}
