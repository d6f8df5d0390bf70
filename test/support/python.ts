import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as readline from "node:readline";
import { text } from "node:stream/consumers";
import { after } from "node:test";

/** The project's root folder. */
export const root = path.resolve(__dirname, "..", "..");

// Modules of the newer kind. What loads the tests, tsx, has `require` for them; `python` is needed at once.
const { findEnvironment } =
	require("../../packages/tfjs-on-wheel/find_environment.mjs") as {
		findEnvironment: (project: unknown) => { readonly python: string };
	};
const { project } = require("../../scripts/setup/project.mjs") as {
	project: unknown;
};

/** What Jupyter is told by the project's commands, so that it finds the project's kernel. */
export const { jupyterEnv } =
	require("../../scripts/notebook/jupyter_env.mjs") as {
		jupyterEnv: NodeJS.ProcessEnv;
	};

/** The Python of the environment that the set-up made or found. */
export const { python } = findEnvironment(project);

/** An oracle computes on the CPU, and says nothing but its answer. */
const oracleEnv = () => ({
	...process.env,
	...jupyterEnv,
	TF_CPP_MIN_LOG_LEVEL: "3",
	CUDA_VISIBLE_DEVICES: "",
});

/**
 * Runs a Python script, the oracle of a test, and returns what it printed as JSON on its last line.
 * `args` reach the script as `sys.argv[1:]`.
 */
export function runPython<T>(script: string, args: readonly string[] = []): T {
	const run = spawnSync(python, ["-c", script, ...args], {
		encoding: "utf8",
		env: oracleEnv(),
		maxBuffer: 1 << 30,
	});
	if (run.status !== 0)
		throw new Error(`The Python oracle failed:\n${run.stderr}`);
	return JSON.parse(run.stdout.trimEnd().split("\n").at(-1) ?? "") as T;
}

/**
 * Starts a Python that answers one question after another as `runPython` does, until the test file's end:
 * TensorFlow takes seconds to start. Call it outside of tests. Scripts share the modules, but not their variables.
 */
export function startPython(): typeof askPython {
	const loop = `
import contextlib, io, json, sys
for line in sys.stdin:
    script, *sys.argv[1:] = json.loads(line)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(script, {"__name__": "__main__"})
    print(printed.getvalue().rstrip().split("\\n")[-1], flush=True)`;
	const child = spawn(python, ["-c", loop], { env: oracleEnv() });
	const lines = readline.createInterface(child.stdout);
	const failure = Promise.all([text(child.stderr), once(child, "close")]).then(
		([stderr]): never => {
			throw new Error(`The Python oracle failed:\n${stderr}`);
		},
	);
	// It ends after the last question too, when nobody waits for it.
	failure.catch(() => {});
	after(() => child.stdin.end());
	return askPython;

	/** Questions are asked one at a time. */
	async function askPython<T>(
		script: string,
		args: readonly string[] = [],
	): Promise<T> {
		const answer = once(lines, "line");
		child.stdin.write(`${JSON.stringify([script, ...args])}\n`);
		const [line] = await Promise.race([answer, failure]);
		return JSON.parse(line) as T;
	}
}

let folder: string | undefined;
let files = 0;

/** Writes what a script needs to know into a temporary file, which the system may delete, and returns its path. */
export function writeJson(value: unknown): string {
	folder ??= makeTemporary();
	const file = path.join(folder, `task-${files++}.json`);
	fs.writeFileSync(file, JSON.stringify(value));
	return file;
}

/** Makes a folder that is removed when the process ends. */
function makeTemporary(): string {
	const made = fs.mkdtempSync(path.join(os.tmpdir(), "oracle-"));
	process.once("exit", () => fs.rmSync(made, { recursive: true }));
	return made;
}
