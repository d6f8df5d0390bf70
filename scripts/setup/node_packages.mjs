import * as fs from "node:fs";
import * as path from "node:path";
import { CommandError, run } from "../../packages/tfjs-on-wheel/run.mjs";
import {
	hashFiles,
	isStamped,
	writeStamp,
} from "../../packages/tfjs-on-wheel/stamp.mjs";
import { step } from "../../packages/tfjs-on-wheel/step.mjs";
import {
	DiskFullError,
	UserError,
} from "../../packages/tfjs-on-wheel/user_error.mjs";
import { root } from "./paths.mjs";

// In node_modules, which `npm ci` empties first, so that an incomplete folder has no stamp.
const stamp = path.join(root, "node_modules", ".setup.json");

const advice =
	"Check that the npm registry can be reached (npm config get registry; behind a proxy: npm config set proxy …), then run the command again.";

/** Installs exactly the packages in `package-lock.json`. */
export async function installNodePackages() {
	await step("npm packages", async (say) => {
		const inputs = {
			lock: hashFiles([path.join(root, "package-lock.json")]),
			platform: `${process.platform} ${process.arch}`,
		};
		if (isStamped(stamp, inputs) && findMissing() === undefined)
			return "up to date";
		say.doing("npm ci");
		fs.rmSync(stamp, { force: true });
		try {
			const output = await runCi();
			// npm only warns of files that it could not write.
			if (/TAR_ENTRY_ERROR (ENOSPC|EDQUOT)/.test(output))
				throw new DiskFullError("the files of npm");
		} catch (error) {
			if (!(error instanceof CommandError)) throw error;
			throw new UserError(
				`npm could not install the packages of package-lock.json:\n  ${findNpmReason(error)}\n${advice}`,
			);
		}
		const missing = findMissing();
		if (missing)
			throw new UserError(
				`npm ci ended without an error, but did not install ${missing}.\nLook for settings of npm that leave packages out (npm config list), then run the command again.`,
			);
		writeStamp(stamp, inputs);
		return "installed";
	});
}

/** @returns {string | undefined} the first package of package-lock.json that is not installed; optional ones may be for other systems */
function findMissing() {
	/** @type {{ packages: Record<string, { optional?: boolean }> }} */
	const { packages } = JSON.parse(
		fs.readFileSync(path.join(root, "package-lock.json"), "utf8"),
	);
	return Object.keys(packages).find(
		(name) =>
			!packages[name]?.optional &&
			!fs.existsSync(path.join(root, name, "package.json")),
	);
}

/**
 * Runs `npm ci`, but not for ever: npm itself waits up to fifteen minutes, without a word, for a registry that accepts
 * connections and never answers.
 */
async function runCi() {
	const stop = new AbortController();
	const ended = new AbortController();
	let answered = false;
	const probe = setTimeout(async () => {
		if (answered || (await answersPing(ended.signal)) || answered) return;
		stop.abort(new UserError(`The npm registry does not answer.\n${advice}`));
	}, 5000);
	try {
		return await runNpm(
			// With NODE_ENV=production npm would omit the compiler. At this log level it tells each answer.
			["ci", "--include=dev", "--include=optional", "--loglevel=http"],
			{
				onLine: (line) => {
					answered ||= /^npm http (fetch|cache) /.test(line);
				},
				signal: stop.signal,
			},
		);
	} finally {
		clearTimeout(probe);
		ended.abort();
	}
}

/**
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>} whether npm's registry answers within 10 seconds, even with an error
 */
async function answersPing(signal) {
	const patience = AbortSignal.timeout(10_000);
	try {
		await runNpm(["ping", "--fetch-retries=0"], {
			signal: AbortSignal.any([signal, patience]),
		});
	} catch {
		return !patience.aborted;
	}
	return true;
}

/**
 * @param {string[]} args
 * @param {Parameters<typeof run>[2]} options
 */
async function runNpm(args, options) {
	// npm passes its own path to the scripts that it starts.
	const npm = process.env.npm_execpath;
	if (npm && path.basename(npm).startsWith("npm-cli"))
		return await run(process.execPath, [npm, ...args], {
			cwd: root,
			...options,
		});
	return await run("npm", args, { cwd: root, ...options });
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
