import { buildAddon } from "./setup/addon.mjs";
import { prepareEnvironment } from "./setup/environment.mjs";
import { checkInputs, describeData } from "./setup/inputs.mjs";
import { installKernelSpec } from "./setup/kernel.mjs";
import { buildLibrary } from "./setup/library.mjs";
import { withLock } from "./setup/lock.mjs";
import { isMain, runMain } from "./setup/main.mjs";
import { installNodePackages } from "./setup/node_packages.mjs";
import { fetchWeights } from "./setup/weights.mjs";

/**
 * Prepares a clone for running notebooks and tests. Each step checks whether it is already done, so a second run takes
 * almost no time, and a run after an interruption continues where it stopped.
 *
 * @returns {Promise<import("./setup/environment.mjs").Environment>} the Python environment to use
 */
export async function setUp() {
	checkInputs();
	return await withLock(async () => {
		await installNodePackages();
		const environment = await prepareEnvironment();
		await buildAddon(environment);
		await buildLibrary();
		await installKernelSpec(environment);
		await fetchWeights(environment);
		await describeData();
		return environment;
	});
}

if (isMain(import.meta.url)) await runMain(setUp);
