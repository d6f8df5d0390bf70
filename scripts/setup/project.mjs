import * as path from "node:path";
import { hasPackages } from "../../packages/tfjs-on-wheel/site_packages.mjs";
import { buildDir, root } from "./paths.mjs";
import { readRequirements } from "./requirements.mjs";

/**
 * This clone. It uses an active environment only if that has exactly the packages of `environment.yml`.
 *
 * @type {import("../../packages/tfjs-on-wheel/project.mjs").Project}
 */
export const project = {
	folder: root,
	setUpCommand: "npm run setup",
	lock: path.join(buildDir, "lock"),
	// Read when it is needed: a mistake in the file is reported as one.
	get requirements() {
		return readRequirements();
	},
	ownsVenv: true,
	findFault: (sitePackages) =>
		hasPackages(sitePackages, project.requirements.packages)
			? undefined
			: "does not match environment.yml",
};
