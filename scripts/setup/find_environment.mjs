import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "./paths.mjs";
import { readRequirements } from "./requirements.mjs";
import { findSitePackages, hasPackages } from "./site_packages.mjs";

/**
 * @typedef {object} Environment
 * @property {string} prefix its folder
 * @property {string} python its interpreter
 * @property {string} sitePackages the folder of its packages
 */

/** The environment that the set-up creates if no other one is suitable. */
export const venv = path.join(root, ".venv");

/**
 * Finds the Python environment without starting Python: an active conda or mamba environment with the packages of
 * `environment.yml`, else `.venv`.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Environment} if it is `.venv`, it may not exist yet
 */
export function findEnvironment(env = process.env) {
	const conda = env.CONDA_PREFIX;
	if (
		conda &&
		fs.existsSync(path.join(conda, "bin", "python")) &&
		hasPackages(findSitePackages(conda), readRequirements().packages)
	)
		return describeEnvironment(conda);
	return describeEnvironment(venv);
}

/**
 * @param {string} prefix
 * @returns {Environment}
 */
export function describeEnvironment(prefix) {
	return {
		prefix,
		python: path.join(prefix, "bin", "python"),
		sitePackages: findSitePackages(prefix),
	};
}
