import * as path from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root folder. */
export const root = path.resolve(
	path.dirname(fileURLToPath(import.meta.url)),
	"..",
	"..",
);

/** The folder where downloads and weights are kept. */
export const dataDir = path.join(root, "data");

/** Where results and the set-up's own lock live. */
export const buildDir = path.join(root, "build");

/** What Jupyter is told of this clone alone, by the commands that start it. */
export const jupyterDir = path.join(buildDir, "jupyter");

/**
 * @param {string} file
 * @returns {string} the file as a reader at the project's root would name it
 */
export function display(file) {
	const relative = path.relative(root, file);
	return relative.startsWith(path.join("..", "..")) ? file : relative;
}
