import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** The project's root folder. */
export const root = path.resolve(__dirname, "..", "..");

// Modules of the newer kind. What loads the tests, tsx, has `require` for them; `python` is needed at once.
const { findEnvironment } =
	require("../../scripts/setup/find_environment.mjs") as {
		findEnvironment: () => { readonly python: string };
	};

/** What Jupyter is told by the project's commands, so that it finds the project's kernel. */
export const { jupyterEnv } =
	require("../../scripts/notebook/jupyter_env.mjs") as {
		jupyterEnv: NodeJS.ProcessEnv;
	};

/** The Python of the environment that the set-up made or found. */
export const { python } = findEnvironment();

/**
 * Runs a Python script, the oracle of a test, and returns what it printed as JSON on its last line.
 * `args` reach the script as `sys.argv[1:]`.
 */
export function runPython<T>(script: string, args: readonly string[] = []): T {
	const run = spawnSync(python, ["-c", script, ...args], {
		encoding: "utf8",
		env: {
			...process.env,
			...jupyterEnv,
			TF_CPP_MIN_LOG_LEVEL: "3",
			CUDA_VISIBLE_DEVICES: "",
		},
		maxBuffer: 1 << 30,
	});
	if (run.status !== 0)
		throw new Error(`The Python oracle failed:\n${run.stderr}`);
	return JSON.parse(run.stdout.trimEnd().split("\n").at(-1) ?? "") as T;
}

/** Writes what a script needs to know into a temporary file, which the system may delete, and returns its path. */
export function writeJson(value: unknown): string {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), "oracle-"));
	const file = path.join(folder, "task.json");
	fs.writeFileSync(file, JSON.stringify(value));
	process.once("exit", () => fs.rmSync(folder, { recursive: true }));
	return file;
}
