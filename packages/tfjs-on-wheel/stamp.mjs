import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/**
 * The inputs of a step: if any of them changes, the step runs again.
 *
 * @typedef {Readonly<Record<string, string | readonly string[]>>} Inputs
 */

/**
 * @param {readonly string[]} files
 * @returns {string} one SHA-256 of the files' names and contents
 */
export function hashFiles(files) {
	const hash = createHash("sha256");
	for (const file of files)
		hash.update(`${path.basename(file)}\0`).update(fs.readFileSync(file));
	return hash.digest("hex");
}

/**
 * Writes a file so that readers see all of it or nothing, even after an interruption.
 *
 * @param {string} file
 * @param {string} text
 */
export function writeAtomically(file, text) {
	fs.mkdirSync(path.dirname(file), { recursive: true });
	const half = `${file}.half`;
	fs.writeFileSync(half, text);
	fs.renameSync(half, file);
}

/**
 * @param {string} stamp the file with the inputs of a finished step
 * @param {Inputs} inputs
 * @param {readonly string[]} [outputs] the files that the step made
 * @returns {boolean} whether the step finished with the same inputs, and the outputs still are what it made
 */
export function isStamped(stamp, inputs, outputs = []) {
	return (
		fs.existsSync(stamp) &&
		outputs.every((file) => fs.existsSync(file)) &&
		fs.readFileSync(stamp, "utf8") === serialize(inputs, outputs)
	);
}

/**
 * @param {string} stamp
 * @param {Inputs} inputs
 * @param {readonly string[]} [outputs]
 */
export function writeStamp(stamp, inputs, outputs = []) {
	writeAtomically(stamp, serialize(inputs, outputs));
}

/**
 * @param {Inputs} inputs
 * @param {readonly string[]} outputs
 */
function serialize(inputs, outputs) {
	const made = outputs.length > 0 ? { outputs: hashFiles(outputs) } : {};
	return `${JSON.stringify({ ...inputs, ...made }, null, "\t")}\n`;
}
