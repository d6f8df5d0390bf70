import * as fs from "node:fs";
import * as path from "node:path";
import { examine } from "../packages/tfjs-on-wheel/doctor.mjs";
import { printFindings } from "../packages/tfjs-on-wheel/findings.mjs";
import { runMain } from "../packages/tfjs-on-wheel/main.mjs";
import { UserError } from "../packages/tfjs-on-wheel/user_error.mjs";
import { checkInputs, describeData } from "./setup/inputs.mjs";
import { describeKernel, findKernelFault } from "./setup/kernel.mjs";
import { display, libraryFile, root } from "./setup/paths.mjs";
import { project } from "./setup/project.mjs";
import { describeWeights } from "./setup/weights.mjs";

/** @typedef {import("../packages/tfjs-on-wheel/findings.mjs").Finding} Finding */

// npm run doctor: what the machine offers and what runs, each good, degraded or broken; -- --json prints it as JSON

const fix = project.setUpCommand;

await runMain(async () => {
	const words = process.argv.slice(2);
	const unknown = words.find((word) => word !== "--json");
	if (unknown !== undefined)
		throw new UserError(
			`npm run doctor does not know ${unknown}.\nSay npm run doctor, or npm run doctor -- --json.`,
		);
	const findings = await examine(project, { env: describeKernel().env });
	findings.push(examineNodePackages(), examineKernel());
	if (fs.existsSync(libraryFile("index")))
		findings.push(await examineData(), await examineWeights());
	else
		findings.push({
			name: "library",
			state: "broken",
			text: "lib/dist is not compiled",
			fix,
		});
	printFindings(findings, words.includes("--json"));
});

/** @returns {Finding} */
function examineNodePackages() {
	const name = "npm packages";
	const tslab = path.join(root, "node_modules", "tslab", "package.json");
	return fs.existsSync(tslab)
		? { name, state: "good", text: display(path.join(root, "node_modules")) }
		: { name, state: "broken", text: "tslab is not installed", fix };
}

/** @returns {Finding} */
function examineKernel() {
	const name = "Jupyter kernel";
	const fault = findKernelFault();
	return fault
		? { name, state: "broken", text: fault, fix }
		: { name, state: "good", text: "TypeScript, as this clone needs it" };
}

/** @returns {Promise<Finding>} */
async function examineData() {
	const name = "images";
	try {
		checkInputs();
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		const [text = "", advice] = error.message.split("\n");
		return { name, state: "broken", text, fix: advice };
	}
	const text = await describeData();
	return /^none/.test(text)
		? {
				name,
				state: "degraded",
				text,
				fix: "npm start (with CATS_VS_DOGS=/path/to/archive.zip, if you have the photos)",
			}
		: { name, state: "good", text };
}

/** @returns {Promise<Finding>} */
async function examineWeights() {
	const name = "weights";
	const text = await describeWeights();
	return text
		? { name, state: "good", text }
		: { name, state: "degraded", text: "none in data yet", fix };
}
