import { spawnSync } from "node:child_process";
import * as path from "node:path";
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
 * @returns {{ compiler: Compiler, version: string } | undefined} the system's compiler: the one that `CXX` names, else the first that runs
 */
export function findSystemCompiler(env = process.env) {
	const named = env.CXX?.trim().split(/\s+/) ?? [];
	for (const [command, ...args] of [named, ["c++"], ["g++"], ["clang++"]]) {
		if (!command) continue;
		// macOS has a c++ command that only offers to install the compiler.
		const { status, stdout } = spawnSync(command, [...args, "--version"], {
			encoding: "utf8",
			env,
			timeout: 20_000,
		});
		if (status !== 0) continue;
		const [version = ""] = stdout.split("\n");
		return { compiler: [command, ...args], version };
	}
	return undefined;
}

/**
 * Installs PyPI's `ziglang`, which includes a C++ compiler, unless it is installed.
 *
 * @param {import("./environment.mjs").Environment} environment
 * @param {import("./step.mjs").Say} say
 * @returns {Promise<Compiler>}
 */
export async function installZig(environment, say) {
	if (readVersion(environment.sitePackages, "ziglang") !== ziglangVersion) {
		say.doing(`installing ziglang ${ziglangVersion}, a C++ compiler`);
		await pipInstall(environment, [`ziglang==${ziglangVersion}`], say);
	}
	return [environment.python, "-m", "ziglang", "c++"];
}

/**
 * @typedef {object} Files
 * @property {string} wheel the real `tensorflow` folder of the environment
 * @property {string} tfjs the npm package's folder
 * @property {string} nodeApiHeaders the npm package's folder
 * @property {string} output
 */

/**
 * Compiles tfjs-node's two C++ files against the TensorFlow of a Python wheel.
 *
 * @param {Compiler} compiler
 * @param {Files} files
 * @param {NodeJS.ProcessEnv} [env] added to the environment
 * @throws {import("./run.mjs").CommandError}
 */
export async function compileAddon(compiler, files, env) {
	const [command, ...args] = compiler;
	// Otherwise zig's linker requires the libraries that the wheel's own libraries depend on.
	const isZig = args.includes("ziglang") && process.platform !== "darwin";
	const forZig = isZig ? ["-Wl,--allow-shlib-undefined"] : [];
	await run(command, [...args, ...listArguments(files), ...forZig], { env });
}

/**
 * The compiler's arguments. The run path is the wheel's real folder: through a link, TensorFlow would search for NVIDIA's
 * libraries beside the link, not find them, and silently use the CPU.
 *
 * @param {Files} files
 * @returns {string[]}
 */
export function listArguments({ wheel, tfjs, nodeApiHeaders, output }) {
	return [
		"-std=c++17",
		"-O3",
		"-shared",
		"-fPIC",
		"-DNAPI_VERSION=8",
		`-I${path.join(nodeApiHeaders, "include")}`,
		`-I${tfjs}`,
		`-I${path.join(wheel, "include")}`,
		path.join(tfjs, "binding", "tfjs_backend.cc"),
		path.join(tfjs, "binding", "tfjs_binding.cc"),
		"-o",
		output,
		...listLibraries(wheel),
		// Not -Wl, which would cut a path at its commas.
		...["-Xlinker", "-rpath", "-Xlinker", wheel],
		// Node's symbols are only available when Node loads the addon.
		...(process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : []),
	];
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
