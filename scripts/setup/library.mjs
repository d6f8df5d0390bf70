import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "./paths.mjs";
import { CommandError, run } from "./run.mjs";
import { hashFiles, isStamped, writeStamp } from "./stamp.mjs";
import { step } from "./step.mjs";
import { UserError } from "./user_error.mjs";

const lib = path.join(root, "lib");
const dist = path.join(lib, "dist");
const stamp = path.join(dist, ".setup.json");

/** Compiles the package `transfer-learning`, which the notebooks import, to `lib/dist`. */
export async function buildLibrary() {
	await step("library", async (say) => {
		const inputs = {
			sources: listSources(lib).map((file) => path.relative(lib, file)),
			contents: hashFiles([
				...listSources(lib),
				path.join(lib, "tsconfig.json"),
				path.join(root, "tsconfig.base.json"),
				path.join(root, "package-lock.json"),
			]),
		};
		if (isStamped(stamp, inputs)) return "up to date";
		say.doing("compiling lib to lib/dist");
		// What a deleted source once gave must not go on being imported.
		fs.rmSync(dist, { recursive: true, force: true });
		await runTsc(lib);
		writeStamp(stamp, inputs);
		return "compiled to lib/dist";
	});
}

/**
 * Runs the TypeScript compiler on a project.
 *
 * @param {string} project
 * @throws {UserError} with the first of its messages
 */
export async function runTsc(project) {
	const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
	try {
		await run(process.execPath, [
			tsc,
			"--project",
			project,
			"--pretty",
			"false",
		]);
	} catch (error) {
		if (!(error instanceof CommandError)) throw error;
		const lines = error.output.trim().split("\n");
		const more =
			lines.length > 20 ? `\n… and ${lines.length - 20} lines more` : "";
		throw new UserError(
			`TypeScript does not accept ${path.relative(root, project) || "the tests and scripts"}:\n${lines.slice(0, 20).join("\n")}${more}`,
		);
	}
}

/**
 * @param {string} folder
 * @returns {string[]} the library's TypeScript files in a fixed order
 */
function listSources(folder) {
	return fs
		.readdirSync(folder, { withFileTypes: true })
		.sort((a, b) => (a.name < b.name ? -1 : 1))
		.flatMap((entry) => {
			const file = path.join(folder, entry.name);
			if (entry.isDirectory())
				return file === dist || entry.name === "node_modules"
					? []
					: listSources(file);
			return entry.name.endsWith(".ts") ? [file] : [];
		});
}
