import * as fs from "node:fs";
import * as path from "node:path";
import {
	compileAddon,
	findSystemCompiler,
	installZig,
	listArguments,
	listLibraries,
} from "./compiler.mjs";
import { CommandError, run } from "./run.mjs";
import { readVersion } from "./site_packages.mjs";
import { hashFiles, isStamped, writeStamp } from "./stamp.mjs";
import { step } from "./step.mjs";
import { describeAddon, findPackage, listTfjs } from "./tfjs_packages.mjs";
import { DiskFullError, UserError } from "./user_error.mjs";

/**
 * Builds the addon of each tfjs-node and tfjs-node-gpu in the project against the TensorFlow wheel of the environment.
 *
 * @param {import("./project.mjs").Project} project
 * @param {import("./environment.mjs").Environment} environment
 */
export async function buildAddon(project, environment) {
	for (const tfjs of listTfjs(project))
		await step("TensorFlow addon", (say) => buildInto(tfjs, environment, say));
}

/**
 * @param {string} tfjs the npm package's folder
 * @param {import("./environment.mjs").Environment} environment
 * @param {import("./step.mjs").Say} say
 * @returns {Promise<string>} the result in words
 */
async function buildInto(tfjs, environment, say) {
	const wheel = findWheel(environment);
	const { folder, addon, stamp } = describeAddon(tfjs);
	const output = path.join(folder, "half_built.node");
	const nodeApiHeaders = findPackage("node-api-headers", import.meta.url);
	if (!nodeApiHeaders)
		throw new UserError(
			"The npm package node-api-headers is missing.\nInstall the project's npm packages again, then run the command again.",
		);
	const files = { wheel, tfjs, nodeApiHeaders, output };
	const system = findSystemCompiler();
	const inputs = listInputs(environment, files, system?.version);
	if (isStamped(stamp, inputs, [addon])) return "up to date";

	fs.mkdirSync(folder, { recursive: true });
	const used =
		(await trySystemCompiler(system?.compiler, files, say)) ??
		(await useZig(environment, files, say));
	fs.rmSync(stamp, { force: true });
	fs.renameSync(output, addon);
	writeStamp(stamp, inputs, [addon]);
	return `built with ${used} for TensorFlow ${inputs.tensorflow}`;
}

/**
 * @param {import("./compiler.mjs").Compiler | undefined} compiler
 * @param {import("./compiler.mjs").Files} files
 * @param {import("./step.mjs").Say} say
 * @returns {Promise<string | undefined>} the compiler's name, if it succeeded
 */
async function trySystemCompiler(compiler, files, say) {
	if (!compiler) {
		say.note("There is no C++ compiler on this system.");
		return undefined;
	}
	const name = compiler.join(" ");
	say.doing(`compiling with ${name}`);
	try {
		await compileAddon(compiler, files);
		await loadOnce(files.output);
		return name;
	} catch (error) {
		if (!(error instanceof CommandError)) throw error;
		say.note(`${name} could not build it: ${findCompilerReason(error)}`);
		return undefined;
	}
}

/**
 * @param {import("./environment.mjs").Environment} environment
 * @param {import("./compiler.mjs").Files} files
 * @param {import("./step.mjs").Say} say
 * @returns {Promise<string>} the compiler's name
 */
async function useZig(environment, files, say) {
	const cache = files.output.replace(".node", ".cache"); // Otherwise zig uses the user's home.
	try {
		const compiler = await installZig(environment, say);
		say.doing("compiling with ziglang, about a minute");
		await compileAddon(compiler, files, {
			ZIG_GLOBAL_CACHE_DIR: cache,
			ZIG_LOCAL_CACHE_DIR: cache,
		});
		await loadOnce(files.output);
		return "ziglang";
	} catch (error) {
		if (error instanceof DiskFullError) throw error;
		const reason =
			error instanceof CommandError ? findCompilerReason(error) : error;
		throw new UserError(
			`The addon of ${path.basename(files.tfjs)} could not be compiled, with neither the system's compiler nor PyPI's ziglang:\n  ${reason instanceof Error ? reason.message : reason}\n` +
				"Install a C++ compiler (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++; macOS: xcode-select --install), then run the command again.",
		);
	} finally {
		fs.rmSync(cache, { recursive: true, force: true });
	}
}

/**
 * Loads the addon in its own process, to find errors that only appear on loading.
 *
 * @param {string} file
 */
async function loadOnce(file) {
	await run(process.execPath, [
		"-e",
		"process.dlopen({ exports: {} }, process.argv[1])",
		file,
	]);
}

/** @param {import("./environment.mjs").Environment} environment */
function findWheel({ prefix, sitePackages }) {
	const wheel = path.join(sitePackages, "tensorflow");
	for (const library of listLibraries(wheel))
		if (!fs.existsSync(library))
			throw new UserError(
				`${library} is missing: the tensorflow in ${prefix} is not PyPI's wheel.\n` +
					"Install that wheel there, or deactivate the environment so that .venv is used instead, then run the command again.",
			);
	return fs.realpathSync(wheel);
}

/**
 * Lists everything that the addon depends on.
 *
 * @param {import("./environment.mjs").Environment} environment
 * @param {import("./compiler.mjs").Files} files
 * @param {string} [compiler] the version of the system's compiler, if there is one
 */
function listInputs(environment, files, compiler = "ziglang") {
	const sources = path.join(files.tfjs, "binding");
	return {
		wheel: files.wheel,
		// The project's location does not matter.
		arguments: listArguments({
			wheel: "tensorflow",
			tfjs: "tfjs-node-gpu",
			nodeApiHeaders: "node-api-headers",
			output: "",
		}),
		compiler,
		tensorflow: readVersion(environment.sitePackages, "tensorflow") ?? "",
		sources: hashFiles([
			...fs.readdirSync(sources).map((file) => path.join(sources, file)),
		]),
		headers: hashFiles([path.join(files.nodeApiHeaders, "package.json")]),
		platform: `${process.platform} ${process.arch}`,
	};
}

/** @param {CommandError} error */
function findCompilerReason({ output, message }) {
	return (
		output.split("\n").find((line) => /error|cannot|undefined/i.test(line)) ??
		message
	);
}
