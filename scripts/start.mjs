import * as path from "node:path";
import { runMain } from "../packages/tfjs-on-wheel/main.mjs";
import { executeNotebook } from "./notebook/execute.mjs";
import { root } from "./setup/paths.mjs";
import { setUp } from "./setup.mjs";

await runMain(async () => {
	const environment = await setUp();
	const notebook = path.join(root, "notebooks", "transfer_learning.ipynb");
	await executeNotebook(environment, notebook);
});
