import * as fs from "node:fs";
import * as path from "node:path";
import { listLibraries } from "./compiler.mjs";

/**
 * What a Python environment needs.
 *
 * @typedef {object} Requirements
 * @property {number} oldestMinor the oldest supported minor version of Python 3
 * @property {number} newestMinor the newest one
 * @property {readonly string[]} packages what is installed into `.venv`, such as `tensorflow==2.21.0`
 */

/**
 * A folder whose tfjs-node or tfjs-node-gpu is to run on TensorFlow's wheel.
 *
 * @typedef {object} Project
 * @property {string} folder its absolute path
 * @property {string} setUpCommand what to type to set it up
 * @property {string} lock the folder of the lock that its set-ups share
 * @property {Requirements} requirements
 * @property {boolean} ownsVenv whether the set-up made its `.venv`, or may make it
 * @property {(sitePackages: string) => string | undefined} findFault why an environment that the set-up did not make is not suitable: a verb and what follows
 */

/** The TensorFlow that is installed where there is none. */
const requirements = {
	oldestMinor: 10,
	newestMinor: 13,
	packages: ["tensorflow==2.21.0"],
};

/** The file in a `.venv` that says that the set-up made it, and with what. */
export const venvStamp = ".setup.json";

/**
 * Finds the project around a folder: the nearest folder with a `package.json`. It may bring its own environment with any
 * TensorFlow wheel.
 *
 * @param {string} start
 * @returns {Project}
 */
export function findProject(start) {
	let folder = path.resolve(start);
	while (!fs.existsSync(path.join(folder, "package.json"))) {
		if (folder === path.dirname(folder)) {
			folder = path.resolve(start);
			break;
		}
		folder = path.dirname(folder);
	}
	const venv = path.join(folder, ".venv");
	return {
		folder,
		setUpCommand: "npx tfjs-on-wheel",
		lock: path.join(folder, "node_modules", ".tfjs-on-wheel", "lock"),
		requirements,
		ownsVenv: !fs.existsSync(venv) || fs.existsSync(path.join(venv, venvStamp)),
		findFault: (sitePackages) =>
			listLibraries(path.join(sitePackages, "tensorflow")).every((file) =>
				fs.existsSync(file),
			)
				? undefined
				: "does not have PyPI's TensorFlow",
	};
}
