import * as path from "node:path";

// This file runs from `dist` in the package's folder: in a clone of the repository, `lib`; else in some `node_modules`.
const packageFolder = path.resolve(__dirname, "..");
const [project, inNodeModules] = packageFolder.split(
	`${path.sep}node_modules${path.sep}`,
);

/** The project's `data` folder, for downloads, caches and weights: beside `lib`, or beside the `node_modules` that the library is installed in. */
export const dataDir =
	inNodeModules === undefined
		? path.resolve(packageFolder, "..", "data")
		: path.join(project ?? "", "data");

/** The command that sets TensorFlow up. */
export const setUpCommand =
	inNodeModules === undefined ? "npm run setup" : "npx tfjs-on-wheel";
