import * as fs from "node:fs";
import * as path from "node:path";
import { buildDir, display, root } from "../setup/paths.mjs";
import { isAlive, readStartTime } from "../setup/process_identity.mjs";
import { CommandError, run } from "../setup/run.mjs";
import { step } from "../setup/step.mjs";
import { UserError } from "../setup/user_error.mjs";
import { followCells } from "./follow_cells.mjs";
import { jupyterEnv } from "./jupyter_env.mjs";

const config = path.join(root, "scripts", "notebook", "nbconvert_config.py");

/**
 * Executes a notebook headless, with its own folder as working folder, and leaves the executed notebook
 * and a page that needs nothing from anywhere else in `build`; a run that fails leaves what was there.
 *
 * @param {import("../setup/environment.mjs").Environment} environment
 * @param {string} notebook
 * @throws {UserError} with what the kernel said, if a cell fails
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
 * @param {import("../setup/environment.mjs").Environment} environment
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
		if (!(error instanceof CommandError)) throw error;
		throw new UserError(
			`${cells.describeFailure() ?? describeCrash(error)}\n\n${display(notebook)} was not executed to its end; what build held before is still there.`,
		);
	} finally {
		cells.end();
	}
}

/**
 * @param {import("../setup/environment.mjs").Environment} environment
 * @param {string[]} args
 * @param {(line: string) => void} [onLine]
 */
async function runNbconvert(environment, args, onLine) {
	await run(
		environment.python,
		["-m", "nbconvert", "--config", config, "--log-level=WARN", ...args],
		// The library then tells its progress on the kernel's standard output, for the line of the cell.
		{ env: { ...jupyterEnv, TRANSFER_LEARNING_FOLLOWED: "1" }, onLine },
	);
}

/** @param {CommandError} error nbconvert failed although no cell did */
function describeCrash({ output, message }) {
	const lines = output.trim().split("\n");
	const last = lines.at(-1) ?? message;
	return /DeadKernelError|Kernel died/.test(output)
		? "The kernel died, perhaps for want of memory. Close other programs, then run the command again."
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
