import { buildAddon } from "../packages/tfjs-on-wheel/addon.mjs";
import { prepareEnvironment } from "../packages/tfjs-on-wheel/environment.mjs";
import { withLock } from "../packages/tfjs-on-wheel/lock.mjs";
import { isMain, runMain } from "../packages/tfjs-on-wheel/main.mjs";
import { checkInputs, showData } from "./setup/inputs.mjs";
import { installKernelSpec } from "./setup/kernel.mjs";
import { buildLibrary } from "./setup/library.mjs";
import { installNodePackages } from "./setup/node_packages.mjs";
import { project } from "./setup/project.mjs";
import { fetchWeights } from "./setup/weights.mjs";

/**
 * Prepares a clone for running notebooks and tests. Each step checks whether it is already done, so a second run takes
 * almost no time, and a run after an interruption continues where it stopped.
 *
 * @returns {Promise<import("../packages/tfjs-on-wheel/environment.mjs").Environment>} the Python environment to use
 */
export async function setUp() {
	checkInputs();
	return await withLock(project.lock, async () => {
		await installNodePackages();
		const environment = await prepareEnvironment(project);
		await buildAddon(project, environment);
		await buildLibrary();
		await installKernelSpec(environment);
		await fetchWeights(environment);
		await showData();
		return environment;
	});
}

if (isMain(import.meta.url)) await runMain(setUp);
