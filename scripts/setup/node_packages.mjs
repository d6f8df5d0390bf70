import * as fs from "node:fs";
import * as path from "node:path";
import { CommandError, run } from "../../packages/tfjs-on-wheel/run.mjs";
import {
	hashFiles,
	isStamped,
	writeStamp,
} from "../../packages/tfjs-on-wheel/stamp.mjs";
import { step } from "../../packages/tfjs-on-wheel/step.mjs";
import { UserError } from "../../packages/tfjs-on-wheel/user_error.mjs";
import { root } from "./paths.mjs";

// In node_modules, which `npm ci` empties first, so that an incomplete folder has no stamp.
const stamp = path.join(root, "node_modules", ".setup.json");

/** Installs exactly the packages in `package-lock.json`. */
export async function installNodePackages() {
	await step("npm packages", async (say) => {
		const inputs = {
			lock: hashFiles([path.join(root, "package-lock.json")]),
			platform: `${process.platform} ${process.arch}`,
		};
		const link = path.join(root, "node_modules", "transfer-learning");
		if (isStamped(stamp, inputs) && fs.existsSync(link)) return "up to date";
		say.doing("npm ci");
		fs.rmSync(stamp, { force: true });
		try {
			// With NODE_ENV=production npm would omit the compiler.
			await runNpm(["ci", "--include=dev", "--include=optional"]);
		} catch (error) {
			if (!(error instanceof CommandError)) throw error;
			throw new UserError(
				`npm could not install the packages of package-lock.json:\n  ${findNpmReason(error)}\n` +
					"Check that the npm registry can be reached (behind a proxy: npm config set proxy …), then run the command again.",
			);
		}
		writeStamp(stamp, inputs);
		return "installed";
	});
}

/** @param {string[]} args */
async function runNpm(args) {
	// npm passes its own path to the scripts that it starts.
	const npm = process.env.npm_execpath;
	if (npm && path.basename(npm).startsWith("npm-cli"))
		return await run(process.execPath, [npm, ...args], { cwd: root });
	return await run("npm", args, { cwd: root });
}

/**
 * Finds the error above the advice and the log's path, with which npm's output ends.
 *
 * @param {CommandError} error
 */
export function findNpmReason(error) {
	const lines = error.output
		.split("\n")
		.map((line) => /^npm (?:error|ERR!) (.*)$/.exec(line)?.[1]?.trim() ?? "")
		.filter(
			(line) => line && !/^(code|errno|syscall|A complete log)/.test(line),
		);
	return (
		lines.find((line) => /failed|not found|ENOTFOUND|E[A-Z]{3,}/.test(line)) ??
		lines[0] ??
		error.message
	);
}
