import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/**
 * What a step's product was made from: if any of it changes, the step runs again.
 *
 * @typedef {Readonly<Record<string, string | readonly string[]>>} Inputs
 */

/**
 * @param {readonly string[]} files
 * @returns {string} one SHA-256 over the files' names and contents
 */
export function hashFiles(files) {
	const hash = createHash("sha256");
	for (const file of files)
		hash.update(`${path.basename(file)}\0`).update(fs.readFileSync(file));
	return hash.digest("hex");
}

/**
 * Writes a file so that a reader, or a run after an interruption, sees all of it or none.
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
 * @param {string} stamp the file in which a finished step recorded its inputs
 * @param {Inputs} inputs
 * @returns {boolean} whether that step finished with these very inputs
 */
export function isStamped(stamp, inputs) {
	return (
		fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === serialize(inputs)
	);
}

/**
 * @param {string} stamp
 * @param {Inputs} inputs
 */
export function writeStamp(stamp, inputs) {
	writeAtomically(stamp, serialize(inputs));
}

/** @param {Inputs} inputs */
function serialize(inputs) {
	return `${JSON.stringify(inputs, null, "\t")}\n`;
}
