import * as fs from "node:fs";
import * as path from "node:path";
import {
	isAlive,
	readStartTime,
} from "../../packages/tfjs-on-wheel/process_identity.cjs";
import { CommandError, run } from "../../packages/tfjs-on-wheel/run.mjs";
import { step } from "../../packages/tfjs-on-wheel/step.mjs";
import { UserError } from "../../packages/tfjs-on-wheel/user_error.mjs";
import { buildDir, display, root } from "../setup/paths.mjs";
import { followCells } from "./follow_cells.mjs";
import { jupyterEnv } from "./jupyter_env.mjs";

const config = path.join(root, "scripts", "notebook", "nbconvert_config.py");

/**
 * Executes a notebook without a browser, in the notebook's folder, and writes the executed notebook and a self-contained
 * HTML page to `build`. A run that fails leaves earlier results untouched.
 *
 * @param {import("../../packages/tfjs-on-wheel/environment.mjs").Environment} environment
 * @param {string} notebook
 * @throws {UserError} with the kernel's error, if a cell fails
 */
export async function executeNotebook(environment, notebook) {
	const name = path.basename(notebook, ".ipynb");
	removeAbandoned();
	const folder = path.join(
		buildDir,
		`run.${process.pid}.${readStartTime(process.pid)}`,
	);
	fs.mkdirSync(folder, { recursive: true });
	try {
		await execute(environment, notebook, folder);
		const executed = path.join(folder, `${name}.ipynb`);
		await step("page", async (say) => {
			say.doing("writing it as HTML");
			await runNbconvert(environment, ["--to", "html", executed]);
			return "written";
		});
		for (const ending of ["ipynb", "html"]) {
			const result = path.join(buildDir, `${name}.${ending}`);
			fs.renameSync(path.join(folder, `${name}.${ending}`), result);
			console.log(display(result));
		}
	} finally {
		fs.rmSync(folder, { recursive: true, force: true });
	}
}

/**
 * @param {import("../../packages/tfjs-on-wheel/environment.mjs").Environment} environment
 * @param {string} notebook
 * @param {string} folder
 */
async function execute(environment, notebook, folder) {
	const cells = followCells(notebook);
	try {
		await runNbconvert(
			environment,
			["--to", "notebook", "--execute", "--output-dir", folder, notebook],
			cells.take,
		);
	} catch (error) {
		const failure = cells.describeFailure();
		if (!failure && !(error instanceof CommandError)) throw error;
		const reason =
			failure ?? describeCrash(/** @type {CommandError} */ (error));
		throw new UserError(
			`${reason}\n\n${display(notebook)} was not executed to the end; earlier results in build are unchanged.`,
		);
	} finally {
		cells.end();
	}
	const failure = cells.describeFailure();
	if (failure)
		throw new UserError(
			`${failure}\n\nEarlier results in build are unchanged.`,
		);
}

/**
 * @param {import("../../packages/tfjs-on-wheel/environment.mjs").Environment} environment
 * @param {string[]} args
 * @param {(line: string) => void} [onLine]
 */
async function runNbconvert(environment, args, onLine) {
	await run(
		environment.python,
		["-m", "nbconvert", "--config", config, "--log-level=WARN", ...args],
		// With this variable the library writes its progress to the kernel's standard output, for the cell's line.
		{
			cwd: root,
			env: { ...jupyterEnv, TRANSFER_LEARNING_FOLLOWED: "1" },
			onLine,
		},
	);
}

/** @param {CommandError} error of nbconvert, when no cell failed */
function describeCrash({ output, message }) {
	const lines = output.trim().split("\n");
	const last = lines.at(-1) ?? message;
	return /DeadKernelError|Kernel died/.test(output)
		? "The kernel died, perhaps because memory ran out. Close other programs, then run the command again."
		: `nbconvert could not execute the notebook:\n  ${last}`;
}

/** Removes the folders of runs that were killed. */
function removeAbandoned() {
	fs.mkdirSync(buildDir, { recursive: true });
	for (const name of fs.readdirSync(buildDir)) {
		const [, pid, startTime] = /^run\.(\d+)\.(\d+)$/.exec(name) ?? [];
		if (pid && startTime && !isAlive(Number(pid), startTime))
			fs.rmSync(path.join(buildDir, name), { recursive: true, force: true });
	}
}
