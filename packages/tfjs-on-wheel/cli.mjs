#!/usr/bin/env node
import * as path from "node:path";
import { buildAddon } from "./addon.mjs";
import { examine } from "./doctor.mjs";
import { prepareEnvironment } from "./environment.mjs";
import { printFindings } from "./findings.mjs";
import { withLock } from "./lock.mjs";
import { runMain } from "./main.mjs";
import { runOperation } from "./operation.mjs";
import { findProject } from "./project.mjs";
import { step } from "./step.mjs";
import { listTfjs } from "./tfjs_packages.mjs";
import { explainUnusedCard } from "./unused_card.cjs";
import { UserError } from "./user_error.mjs";

const usage = `npx tfjs-on-wheel                  makes tfjs-node or tfjs-node-gpu run on TensorFlow's Python wheel
npx tfjs-on-wheel doctor [--json]  says what this machine offers and what runs, and changes nothing`;

await runMain(async () => {
	const words = process.argv.slice(2).join(" ");
	const project = findProject(process.cwd());
	if (words === "") await setUp(project);
	else if (words === "doctor") printFindings(await examine(project), false);
	else if (words === "doctor --json")
		printFindings(await examine(project), true);
	else if (words === "--help") console.log(usage);
	else throw new UserError(`"${words}" is not a command. There are:\n${usage}`);
});

/** @param {import("./project.mjs").Project} project */
async function setUp(project) {
	if (process.platform === "win32")
		throw new UserError(
			"TensorFlow's wheel for Windows has no library that can be linked with.\nRun the same command in WSL 2 (https://learn.microsoft.com/windows/wsl/install), where a GPU works too.",
		);
	const packages = listTfjs(project); // Before half a gigabyte is fetched.
	await withLock(project.lock, async () => {
		const environment = await prepareEnvironment(project);
		await buildAddon(project, environment);
		for (const tfjs of packages) await checkOperation(project, tfjs);
	});
}

/**
 * @param {import("./project.mjs").Project} project
 * @param {string} tfjs
 */
async function checkOperation(project, tfjs) {
	await step("operation", async (say) => {
		const { kernel, device, tensorflow } = await runOperation(tfjs);
		const card = explainUnusedCard(project.setUpCommand);
		if (card && !device.startsWith("GPU")) say.note(`${card.why} ${card.fix}`);
		return `${kernel} ran on ${device}, in TensorFlow ${tensorflow} through ${path.basename(tfjs)}`;
	});
}
