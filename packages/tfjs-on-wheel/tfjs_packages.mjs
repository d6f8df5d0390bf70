import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { UserError } from "./user_error.mjs";

const names = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"];

/**
 * @param {import("./project.mjs").Project} project
 * @returns {string[]} the folders of the project's tfjs-node-gpu and tfjs-node, at least one
 * @throws {UserError} if neither is installed
 */
export function listTfjs({ folder, setUpCommand }) {
	const from = path.join(folder, "package.json");
	const found = names.flatMap((name) => findPackage(name, from) ?? []);
	if (found.length === 0)
		throw new UserError(
			`Neither ${names.join(" nor ")} is installed in ${folder}.\n` +
				`Run npm install ${names[0]} --ignore-scripts (its own install script no longer works), then ${setUpCommand} again.`,
		);
	return found;
}

/**
 * @param {string} name
 * @param {string} from the path or URL of a file that would import it
 * @returns {string | undefined} the real folder of an npm package, if it is installed
 */
export function findPackage(name, from) {
	// Not `require.resolve`, which only resolves what the package exports.
	const folders = createRequire(from).resolve.paths(name) ?? [];
	const found = folders
		.map((folder) => path.join(folder, name))
		.find((folder) => fs.existsSync(path.join(folder, "package.json")));
	return found && fs.realpathSync(found);
}

/** @param {string} tfjs the folder of tfjs-node or tfjs-node-gpu, which loads its addon from these places */
export function describeAddon(tfjs) {
	const folder = path.join(tfjs, "lib", "napi-v8");
	return {
		folder,
		addon: path.join(folder, "tfjs_binding.node"),
		stamp: path.join(folder, "tfjs_binding.json"),
	};
}
