import { spawn } from "node:child_process";
import * as path from "node:path";
import { UserError } from "../packages/tfjs-on-wheel/user_error.mjs";
import { describeKernel } from "../scripts/setup/kernel.mjs";
import { root } from "../scripts/setup/paths.mjs";

/** On for both sides, unless the user has set it. */
export const onednn = process.env.TF_ENABLE_ONEDNN_OPTS ?? "1";

/**
 * Runs one of our scripts in the environment of a notebook's kernel.
 *
 * @param {...string} args the script and its arguments
 */
export async function measureOurs(...args) {
	return await measure(process.execPath, args, "", describeKernel().env);
}

/**
 * Runs one measurement in its own process, and parses the last line that it prints. Its standard error is shown only if it
 * fails.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {string} [input]
 * @param {NodeJS.ProcessEnv} [env] added to the environment
 */
export async function measure(command, args, input = "", env = {}) {
	const child = spawn(command, args, {
		cwd: root,
		env: {
			...process.env,
			TF_CPP_MIN_LOG_LEVEL: "3",
			PYTHONDONTWRITEBYTECODE: "1",
			...env,
			TF_ENABLE_ONEDNN_OPTS: onednn,
		},
	});
	child.stdin.end(input);
	let [output, errors] = ["", ""];
	child.stdout.setEncoding("utf8").on("data", (text) => {
		output += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text) => {
		errors += text;
	});
	const code = await new Promise((resolve) => child.once("close", resolve));
	if (code !== 0)
		throw new UserError(
			`${path.basename(command)} ${args[0]} ended with status ${code}:\n${errors.slice(-3000)}`,
		);
	return JSON.parse(output.trim().split("\n").at(-1) ?? "");
}
