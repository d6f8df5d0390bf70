import { spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { runMain } from "../../packages/tfjs-on-wheel/main.mjs";
import { UserError } from "../../packages/tfjs-on-wheel/user_error.mjs";
import { describeKernel } from "../../scripts/setup/kernel.mjs";
import { root } from "../../scripts/setup/paths.mjs";
import { setUp } from "../../scripts/setup.mjs";

// npm run parity: the library beside Keras and TensorFlow in Python, on the same photos
// npm run parity -- --random 100 [--seed 1]: the same on models that are drawn at random

await runMain(async () => {
	const program = chooseProgram();
	const environment = await setUp();
	const [file = "", ...words] = program;
	const comparison = spawn(
		process.execPath,
		[
			"--import",
			"tsx",
			path.join(root, "test", "parity", file),
			environment.python,
			...words,
		],
		{
			cwd: root,
			stdio: "inherit",
			// Rounding grows in training, so both sides have the notebook's settings: oneDNN rounds in its own way.
			env: { ...process.env, ...describeKernel().env },
		},
	);
	const [code] = await once(comparison, "close");
	process.exitCode = code ?? 1;
});

/** @returns {string[]} a file of this folder, and what it is told after Python's path */
function chooseProgram() {
	const { random, seed } = parseArgs({
		options: { random: { type: "string" }, seed: { type: "string" } },
	}).values;
	if (random === undefined && seed === undefined) return ["main.ts"];
	const numbers = [random, ...(seed === undefined ? [] : [seed])];
	if (!numbers.every((number) => /^\d+$/.test(number ?? "")))
		throw new UserError(
			"Say how many models to draw, and from which seed on, in whole numbers: npm run parity -- --random 100 --seed 1",
		);
	return ["random/main.ts", ...numbers.map(String)];
}
