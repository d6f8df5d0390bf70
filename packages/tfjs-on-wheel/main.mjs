import * as fs from "node:fs";
import { fileURLToPath } from "node:url";
import { DiskFullError, UserError } from "./user_error.mjs";

/**
 * @param {string} url a module's `import.meta.url`
 * @returns {boolean} whether Node was started with that module, rather than importing it
 */
export function isMain(url) {
	const started = process.argv[1];
	return (
		started !== undefined && fs.realpathSync(started) === fileURLToPath(url)
	);
}

/**
 * Runs a script's body. Errors that the user can fix show only their message; any other is a bug and keeps its stack trace.
 *
 * @param {() => Promise<unknown>} body
 */
export async function runMain(body) {
	// With these variables Python would import another environment's packages instead of the checked ones.
	delete process.env.PYTHONHOME;
	delete process.env.PYTHONPATH;
	process.env.PYTHONNOUSERSITE = "1";
	try {
		await body();
	} catch (error) {
		console.error(describeError(error));
		process.exitCode = 1;
	}
}

/** @param {unknown} error */
function describeError(error) {
	if (!(error instanceof Error)) return error;
	// The library's errors explain themselves, too.
	if (error instanceof UserError || error.name === "TransferLearningError")
		return `\n${error.message}`;
	const { code, path: file = process.cwd() } =
		/** @type {NodeJS.ErrnoException} */ (error);
	if (code === "ENOSPC" || code === "EDQUOT")
		return `\n${new DiskFullError(file).message}`;
	if (code === "EROFS" || code === "EACCES" || code === "EPERM")
		return (
			`\n${file} could not be written: ${code === "EROFS" ? "the file system is read-only" : "this user has no permission"}.\n` +
			"The project writes into its own folder. Copy or clone it to a folder of your own, then run the command there."
		);
	return error;
}
