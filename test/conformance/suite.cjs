// tfjs's own test suite in one process: esbuild bundles this file with the suite, and conformance.mjs runs the bundle.
// Usage: suite.cjs EXCLUSIONS [LIBRARY]: a JSON list of parts of names, and a module to load before the tests.
// Prints one JSON line with a Result.
const fs = require("node:fs");
const util = require("node:util");
// @ts-expect-error It has no types.
const jasmineCore = require("jasmine-core");

/** @typedef {{ readonly message: string }[]} Expectations What a test found wrong. */
/** @typedef {{ name: string, messages: string[] }} Failure */
/** @typedef {{ passed: number, excluded: number, failures: Failure[] }} Result */

// Node 23 removed it, and tfjs-node 4.22 calls it in every operation.
const legacy = /** @type {Record<string, unknown>} */ (
	/** @type {unknown} */ (util)
);
legacy.isNullOrUndefined ??= (/** @type {unknown} */ value) => value == null;

// What is printed besides the result goes to standard error.
console.log = console.info = console.error;

const [exclusionsFile = "", library] = process.argv.slice(2);
/** @type {string[]} */
const exclusions = JSON.parse(fs.readFileSync(exclusionsFile, "utf8"));

const jasmine = jasmineCore.boot();
jasmine.DEFAULT_TIMEOUT_INTERVAL = 20_000; // As tfjs's jasmine_util has it.
const env = jasmine.getEnv();
env.configure({
	random: false,
	// As in tfjs-node-gpu's run_tests.ts: a part of a name is enough.
	specFilter: (/** @type {{ getFullName(): string }} */ spec) =>
		!exclusions.some((part) => spec.getFullName().includes(part)),
});

/** @type {Result} */
const result = { passed: 0, excluded: 0, failures: [] };
env.addReporter({
	/** @param {{ status: string, fullName: string, failedExpectations: Expectations }} spec */
	specDone({ status, fullName, failedExpectations }) {
		if (status === "passed") result.passed++;
		else if (status === "failed")
			result.failures.push({
				name: fullName,
				messages: failedExpectations.map(({ message }) => message),
			});
		else result.excluded++;
	},
	// What goes wrong outside of any test must not go unseen.
	/** @param {{ failedExpectations?: Expectations }} suite */
	jasmineDone({ failedExpectations = [] }) {
		for (const { message } of failedExpectations)
			result.failures.push({
				name: "(outside of a test)",
				messages: [message],
			});
	},
});

// The order counts: the backend, what tfjs's tests expect to be registered, their environment, then the tests.
require("@tensorflow/tfjs-node-gpu");
require("@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops");
require("@tensorflow/tfjs-core/dist/register_all_gradients");
require("@tensorflow/tfjs-core/dist/jasmine_util").setTestEnvs([
	{
		name: "test-tensorflow",
		backendName: "tensorflow",
		flags: {},
		isDataSync: true,
	},
]);
if (library) require(library);
require("@tensorflow/tfjs-core/dist/tests");

env.execute().then(() => {
	process.stdout.write(`${JSON.stringify(result)}\n`);
});
