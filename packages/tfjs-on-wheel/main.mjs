import * as fs from "node:fs";
import { fileURLToPath } from "node:url";
import { UserError } from "./user_error.mjs";

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
	try {
		await body();
	} catch (error) {
		console.error(error instanceof UserError ? `\n${error.message}` : error);
		process.exitCode = 1;
	}
}
