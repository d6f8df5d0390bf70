import * as fs from "node:fs";
import * as path from "node:path";
import { CommandError, run } from "../../packages/tfjs-on-wheel/run.mjs";
import {
	hashFiles,
	isStamped,
	writeStamp,
} from "../../packages/tfjs-on-wheel/stamp.mjs";
import { step } from "../../packages/tfjs-on-wheel/step.mjs";
import { UserError } from "../../packages/tfjs-on-wheel/user_error.mjs";
import { root } from "./paths.mjs";

/** The packages of this repository, each after those that it imports. */
const packages = ["packages/drawn-pets", "packages/tfjs-on-wheel", "lib"];

/** Compiles the package `transfer-learning`, which notebooks import, and the packages that it needs, each to its `dist`. */
export async function buildLibrary() {
	await step("library", async (say) => {
		/** @type {string[]} */
		const compiled = [];
		for (const name of packages) {
			if (await buildPackage(name, say)) compiled.push(`${name}/dist`);
		}
		return compiled.length > 0
			? `compiled to ${compiled.join(" and ")}`
			: "up to date";
	});
}

/**
 * @param {string} name its folder
 * @param {import("../../packages/tfjs-on-wheel/step.mjs").Say} say
 * @returns {Promise<boolean>} whether it had to be compiled
 */
async function buildPackage(name, say) {
	const folder = path.join(root, name);
	const dist = path.join(folder, "dist");
	const stamp = path.join(dist, ".setup.json");
	const sources = listSources(folder);
	const inputs = {
		sources: sources.map((file) => path.relative(folder, file)),
		contents: hashFiles([
			...sources,
			path.join(folder, "tsconfig.json"),
			path.join(root, "tsconfig.base.json"),
			path.join(root, "package-lock.json"),
		]),
	};
	if (isStamped(stamp, inputs, listOutputs(dist))) return false;
	say.doing(`compiling ${name}`);
	// The output of deleted sources must not stay importable.
	fs.rmSync(dist, { recursive: true, force: true });
	await runTsc(folder);
	writeStamp(stamp, inputs, listOutputs(dist));
	return true;
}

/** @param {string} dist */
function listOutputs(dist) {
	return fs.existsSync(dist) ? listSources(dist) : [];
}

/**
 * Runs the TypeScript compiler on a project.
 *
 * @param {string} project
 * @throws {UserError} with the first 20 lines of its messages
 */
export async function runTsc(project) {
	const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
	try {
		await run(
			process.execPath,
			[tsc, "--project", project, "--pretty", "false"],
			{ cwd: root },
		);
	} catch (error) {
		if (!(error instanceof CommandError)) throw error;
		const lines = error.output.trim().split("\n");
		const more =
			lines.length > 20 ? `\n… and ${lines.length - 20} more lines` : "";
		throw new UserError(
			`TypeScript found errors in ${path.relative(root, project) || "the tests and scripts"}:\n${lines.slice(0, 20).join("\n")}${more}`,
		);
	}
}

/**
 * @param {string} folder
 * @returns {string[]} the files of code in a package or its `dist`, in a fixed order
 */
function listSources(folder) {
	return fs
		.readdirSync(folder, { withFileTypes: true })
		.sort((a, b) => (a.name < b.name ? -1 : 1))
		.flatMap((entry) => {
			const file = path.join(folder, entry.name);
			if (entry.isDirectory())
				return ["dist", "node_modules"].includes(entry.name)
					? []
					: listSources(file);
			return /\.[cm]?[jt]s$/.test(entry.name) ? [file] : [];
		});
}
