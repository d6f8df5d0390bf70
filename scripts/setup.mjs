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
 * Brings a clone to where notebooks and tests run. Every step finds out by itself whether it is
 * already done, so that a second run costs next to nothing and an interrupted one is taken up again.
 *
 * @returns {Promise<import("./setup/environment.mjs").Environment>} the Python environment to run in
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
