import * as path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The project's root folder. */
export const root = path.resolve(
	path.dirname(fileURLToPath(import.meta.url)),
	"..",
	"..",
);

/** The folder for downloads and weights. */
export const dataDir = path.join(root, "data");

/** The folder for results and the set-up's own lock. */
export const buildDir = path.join(root, "build");

/** Jupyter's settings for this clone only, which the commands that start it set. */
export const jupyterDir = path.join(buildDir, "jupyter");

/**
 * @param {string} file
 * @returns {string} the file relative to the project's root, unless it is far outside
 */
export function display(file) {
	const relative = path.relative(root, file);
	return relative.startsWith(path.join("..", "..")) ? file : relative;
}

/**
 * @param {string} name a module of the library
 * @returns {string} its compiled file
 */
export function libraryFile(name) {
	return path.join(root, "lib", "dist", `${name}.js`);
}

/**
 * Imports a module of the library. Only for steps after the one that compiles it.
 *
 * @param {string} name such as `models/pretrained`
 */
export async function importLibrary(name) {
	return await import(pathToFileURL(libraryFile(name)).href);
}
