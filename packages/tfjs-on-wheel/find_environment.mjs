import * as fs from "node:fs";
import * as path from "node:path";
import { findSitePackages } from "./site_packages.mjs";

/** @typedef {import("./project.mjs").Project} Project */

/**
 * @typedef {object} Environment
 * @property {string} prefix its folder
 * @property {string} python its interpreter
 * @property {string} sitePackages the folder of its packages
 */

/**
 * @param {Project} project
 * @returns {string} the environment that the set-up creates if no other one is suitable
 */
export function venvOf({ folder }) {
	return path.join(folder, ".venv");
}

/**
 * Finds the Python environment without starting Python: an active one that is suitable, else `.venv`.
 *
 * @param {Project} project
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Environment} if it is `.venv`, it may not exist yet
 */
export function findEnvironment(project, env = process.env) {
	const active = listActive(env)
		.map(describeEnvironment)
		.find(
			({ python, sitePackages }) =>
				fs.existsSync(python) && !project.findFault(sitePackages),
		);
	return active ?? describeEnvironment(venvOf(project));
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]} the active environments, the innermost first
 */
export function listActive({ VIRTUAL_ENV, CONDA_PREFIX }) {
	return [VIRTUAL_ENV ?? "", CONDA_PREFIX ?? ""].filter(Boolean);
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
