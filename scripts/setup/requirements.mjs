import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../packages/tfjs-on-wheel/user_error.mjs";
import { root } from "./paths.mjs";

/** @typedef {import("../../packages/tfjs-on-wheel/project.mjs").Requirements} Requirements */

/** @returns {Requirements} the requirements in the project's `environment.yml` */
export function readRequirements() {
	const file = path.join(root, "environment.yml");
	return parseRequirements(fs.readFileSync(file, "utf8"));
}

/**
 * Reads the subset of YAML that `environment.yml` uses. Anything else is an error rather than silently ignored.
 *
 * @param {string} text
 * @returns {Requirements}
 * @throws {UserError} naming the line
 */
export function parseRequirements(text) {
	/** @type {string[]} */
	const packages = [];
	/** @type {RegExpExecArray | null} */
	let python = null;
	let section = "";
	let pipIndent = -1;
	text.split(/\r?\n/).forEach((raw, index) => {
		const line = raw.replace(/(^|\s)#.*$/, "").trimEnd();
		if (line === "") return;
		const indent = line.length - line.trimStart().length;
		const item = line.trim();
		if (indent === 0) {
			section = item;
			pipIndent = -1;
			return;
		}
		if (section !== "dependencies:") return;
		if (pipIndent >= 0 && indent > pipIndent) {
			if (!/^- [\w.-]+==[\w.+!]+$/.test(item))
				throw new UserError(
					`environment.yml, line ${index + 1}: "${item}" is not an exact version.\nIn the pip: list, write every package as "- name==version".`,
				);
			packages.push(item.slice(2));
			return;
		}
		pipIndent = item === "- pip:" ? indent : -1;
		python ??= /^- python >=3\.(\d+),<3\.(\d+)$/.exec(item);
	});
	if (!python)
		throw new UserError(
			'environment.yml does not say which Python it needs.\nUnder dependencies:, write it as "- python >=3.10,<3.14".',
		);
	if (packages.length === 0)
		throw new UserError(
			'environment.yml has no pip: list under dependencies:.\nWrite it as "- pip:" with one indented "- name==version" a line.',
		);
	const [, oldest, end] = /** @type {RegExpExecArray} */ (python);
	return {
		oldestMinor: Number(oldest),
		newestMinor: Number(end) - 1,
		packages,
	};
}
