import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./paths.mjs";
import { pipInstall } from "./pip.mjs";
import { run } from "./run.mjs";
import { readVersion } from "./site_packages.mjs";

/**
 * A C++ compiler as a command with its first arguments.
 *
 * @typedef {readonly [string, ...string[]]} Compiler
 */

const ziglangVersion = "0.17.1";

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Compiler | undefined} the system's compiler: what `CXX` names, else the first that really runs
 */
export function findSystemCompiler(env = process.env) {
	const named = env.CXX?.trim().split(/\s+/) ?? [];
	for (const [command, ...args] of [named, ["c++"], ["g++"], ["clang++"]]) {
		if (!command) continue;
		// macOS has a c++ that only asks to install the real one.
		const version = spawnSync(command, [...args, "--version"], {
			env,
			timeout: 20_000,
		});
		if (version.status === 0) return [command, ...args];
	}
	return undefined;
}

/**
 * Installs the C++ compiler that PyPI's `ziglang` package is, unless it is there.
 *
 * @param {import("./environment.mjs").Environment} environment
 * @param {import("./step.mjs").Say} say
 * @returns {Promise<Compiler>}
 */
export async function installZig(environment, say) {
	if (readVersion(environment.sitePackages, "ziglang") !== ziglangVersion) {
		say.doing(`installing ziglang ${ziglangVersion}, which is a C++ compiler`);
		await pipInstall(environment, [`ziglang==${ziglangVersion}`], say);
	}
	return [environment.python, "-m", "ziglang", "c++"];
}

const tensorflowCalls = fileURLToPath(
	new URL("tensorflow_calls.h", import.meta.url),
);
const maxPoolGradient = path.join(root, "lib/kernels/max_pool_gradient.cc");

/** What the project itself compiles into the addon. */
export const ownSources = [tensorflowCalls, maxPoolGradient];

/**
 * Compiles tfjs-node's two C++ files and the project's own against the TensorFlow of a Python wheel. The run path is the
 * wheel's real folder: reached through a link, TensorFlow would look for NVIDIA's libraries beside
 * the link, find none, and silently work on the CPU.
 *
 * @param {Compiler} compiler
 * @param {object} files
 * @param {string} files.wheel the real `tensorflow` folder of the environment
 * @param {string} files.tfjs the npm package's folder
 * @param {string} files.nodeApiHeaders the npm package's folder
 * @param {string} files.output
 * @param {NodeJS.ProcessEnv} [env] added to the environment
 * @throws {import("./run.mjs").CommandError}
 */
export async function compileAddon(compiler, files, env) {
	const { wheel, tfjs, nodeApiHeaders, output } = files;
	const mac = process.platform === "darwin";
	const [command, ...args] = compiler;
	await run(
		command,
		[
			...args,
			"-std=c++17",
			"-O3",
			"-pthread",
			"-shared",
			"-fPIC",
			"-DNAPI_VERSION=8",
			"-include",
			tensorflowCalls,
			`-I${path.join(nodeApiHeaders, "include")}`,
			`-I${tfjs}`,
			`-I${path.join(wheel, "include")}`,
			path.join(tfjs, "binding", "tfjs_backend.cc"),
			path.join(tfjs, "binding", "tfjs_binding.cc"),
			maxPoolGradient,
			"-o",
			output,
			...listLibraries(wheel),
			`-Wl,-rpath,${wheel}`,
			// Node's own symbols are there only when Node loads the result; of the wheel's, zig's linker
			// would ask for every dependency.
			...(mac ? ["-undefined", "dynamic_lookup"] : []),
			...(args.includes("ziglang") && !mac
				? ["-Wl,--allow-shlib-undefined"]
				: []),
		],
		{ env },
	);
}

/**
 * @param {string} wheel
 * @returns {string[]} TensorFlow's C libraries in a wheel
 */
export function listLibraries(wheel) {
	const ending = process.platform === "darwin" ? "2.dylib" : "so.2";
	return ["libtensorflow_cc", "libtensorflow_framework"].map((name) =>
		path.join(wheel, `${name}.${ending}`),
	);
}
