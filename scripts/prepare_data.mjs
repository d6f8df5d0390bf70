import { runMain } from "../packages/tfjs-on-wheel/main.mjs";
import { UserError } from "../packages/tfjs-on-wheel/user_error.mjs";
import { describeKernel } from "./setup/kernel.mjs";
import { importLibrary } from "./setup/paths.mjs";
import { setUp } from "./setup.mjs";

// npm run prepare-data: the set-up, with the weights, and the photos; for an image that many people start from

await runMain(async () => {
	await setUp();
	Object.assign(process.env, describeKernel().env);
	/** @type {typeof import("../lib/sources/load.js")} */
	const { load } = await importLibrary("sources/load");
	await load("cats_vs_dogs");
	/** @type {typeof import("../lib/data_note.js")} */
	const { dataNote } = await importLibrary("data_note");
	if (dataNote() !== undefined)
		throw new UserError(
			"The photos could not be downloaded; there are only drawings.\nCheck the network (behind a proxy: set HTTPS_PROXY), or name an archive that you have with CATS_VS_DOGS=/path/to/kagglecatsanddogs_5340.zip. Then run the command again.",
		);
});
