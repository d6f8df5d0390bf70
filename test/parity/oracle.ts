import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** A folder through which arrays go to Python and back, and the Python that reads it. */
export interface Oracle {
	readonly folder: string;
	/** Writes numbers for the scripts, as they lie in memory. */
	writeFloats(name: string, data: Float32Array): void;
	/** Reads what a script wrote. */
	readFloats(name: string): Float32Array;
	/**
	 * Runs one of `oracles` with `task` and gives what it printed on its last line.
	 *
	 * @throws Error with its standard error if it fails.
	 */
	ask<T>(script: string, task: unknown): Promise<T>;
	/** Deletes the folder. */
	dispose(): void;
}

/** @param python an interpreter with TensorFlow */
export function openOracle(python: string): Oracle {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), "parity-"));
	return {
		folder,
		writeFloats: (name, { buffer, byteOffset, byteLength }) =>
			fs.writeFileSync(
				path.join(folder, name),
				new Uint8Array(buffer, byteOffset, byteLength),
			),
		readFloats: (name) => {
			const bytes = fs.readFileSync(path.join(folder, name));
			return new Float32Array(new Uint8Array(bytes).buffer);
		},
		ask: async (script, task) => {
			fs.writeFileSync(path.join(folder, "task.json"), JSON.stringify(task));
			return await ask(python, script, folder);
		},
		dispose: () => fs.rmSync(folder, { recursive: true }),
	};
}

async function ask<T>(
	python: string,
	script: string,
	folder: string,
): Promise<T> {
	const child = spawn(
		python,
		[path.join(__dirname, "oracles", script), folder],
		{
			// As for the notebook: on the CPU, where both sides can be compared to the last bits.
			env: { ...process.env, CUDA_VISIBLE_DEVICES: "" },
			stdio: ["ignore", "pipe", "pipe"],
		},
	);
	let [output, errors] = ["", ""];
	child.stdout.setEncoding("utf8").on("data", (text) => {
		output += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text) => {
		errors += text;
	});
	const [code] = await once(child, "close");
	if (code !== 0)
		throw new Error(`${script} ended with ${code}:\n${errors.slice(-3000)}`);
	// Python writes numbers that JSON does not have.
	const json = (output.trimEnd().split("\n").at(-1) ?? "").replace(
		/(?<=[[ ])(?:-?Infinity|NaN)(?=[,\]}])/g,
		"null",
	);
	return JSON.parse(json) as T;
}
