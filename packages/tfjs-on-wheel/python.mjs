import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "./user_error.mjs";

/**
 * @typedef {object} Python
 * @property {string} executable
 * @property {string} version such as `3.11.7`
 */

// Python 2 can run this too. Debian's python3 has no ensurepip by default, and then cannot create environments.
const probe = `
import sys
try:
    import ensurepip, venv
    can = "yes"
except ImportError:
    can = "no"
print("%d.%d.%d %s" % (sys.version_info[:3] + (can,)))
`;

/**
 * Finds a Python that can create our environment: the one that `PYTHON` names, else the newest suitable one on the PATH.
 * Each is run, because a shim of pyenv or asdf may exist without a Python behind it.
 *
 * @param {Pick<import("./project.mjs").Requirements, "oldestMinor" | "newestMinor">} requirements
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Python}
 * @throws {UserError} with each Python that was tried and why it is not suitable
 */
export function findPython({ oldestMinor, newestMinor }, env = process.env) {
	/** @type {string[]} */
	const rejected = [];
	for (const executable of listCandidates(oldestMinor, newestMinor, env)) {
		const run = spawnSync(executable, ["-c", probe], {
			encoding: "utf8",
			env,
			timeout: 20_000,
		});
		const answer = /^3\.(\d+)\.\d+ (yes|no)$/.exec(run.stdout?.trim() ?? "");
		const [version = ""] = run.stdout?.split(" ") ?? [];
		const minor = Number(answer?.[1]);
		if (run.status !== 0) rejected.push(`${executable}: does not run`);
		else if (!answer || minor < oldestMinor)
			rejected.push(`${executable}: Python ${version.trim()} is too old`);
		else if (minor > newestMinor)
			rejected.push(`${executable}: Python ${version} is too new`);
		else if (answer[2] === "no")
			rejected.push(
				`${executable}: Python ${version} cannot make environments (Debian, Ubuntu: apt install python3.${minor}-venv)`,
			);
		else return { executable, version };
	}
	throw new UserError(
		`No Python 3.${oldestMinor} to 3.${newestMinor} was found.\n` +
			(rejected.length > 0 ? `Tried:\n  ${rejected.join("\n  ")}\n` : "") +
			`Install Python 3.${newestMinor} (https://www.python.org, or your system's packages python3 and python3-venv), ` +
			"or name one with PYTHON=/path/to/python3, then run the command again.",
	);
}

/**
 * @param {number} oldestMinor
 * @param {number} newestMinor
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]} existing files, best first
 */
function listCandidates(oldestMinor, newestMinor, env) {
	const names = [];
	for (let minor = newestMinor; minor >= oldestMinor; minor--)
		names.push(`python3.${minor}`);
	names.push("python3", "python");
	const folders = (env.PATH ?? "").split(path.delimiter).filter(Boolean);
	const found = names.flatMap((name) =>
		folders
			.map((folder) => path.join(folder, name))
			.filter((file) => fs.existsSync(file)),
	);
	return [...new Set([...(env.PYTHON ? [env.PYTHON] : []), ...found])];
}
