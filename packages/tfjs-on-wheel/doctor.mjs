import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findSystemCompiler } from "./compiler.mjs";
import { findEnvironment } from "./find_environment.mjs";
import { runOperation } from "./operation.mjs";
import { readVersion } from "./site_packages.mjs";
import { describeAddon, listTfjs } from "./tfjs_packages.mjs";
import { explainUnusedCard } from "./unused_card.cjs";
import { UserError } from "./user_error.mjs";

/** @typedef {import("./findings.mjs").Finding} Finding */
/** @typedef {import("./operation.mjs").Operation} Operation */
/** @typedef {import("./project.mjs").Project} Project */
/** @typedef {import("./unused_card.cjs").UnusedCard} UnusedCard */

const gigabyte = 1024 ** 3;

/**
 * Examines what a machine offers TensorFlow, and what of it runs in a project. Changes nothing.
 *
 * @param {Project} project
 * @param {object} [options]
 * @param {NodeJS.ProcessEnv} [options.env] added to the environment of the operation that is run
 * @param {string} [options.fileSystem] the root of the file system in which to look for a graphics card and its driver
 * @returns {Promise<Finding[]>}
 */
export async function examine(project, { env = {}, fileSystem = "/" } = {}) {
	const environment = findEnvironment(project);
	/** @type {Operation | undefined} */
	let operation;
	/** @type {Finding[]} */
	const runs = [];
	try {
		for (const tfjs of listTfjs(project)) {
			const run = await examineOperation(project, tfjs, env);
			operation ??= run.operation;
			runs.push(run.finding);
		}
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		const [text = "", fix] = error.message.split("\n");
		runs.push({ name: "operation", state: "broken", text, fix });
	}
	const card = operation?.device.startsWith("GPU")
		? undefined
		: explainUnusedCard(project.setUpCommand, fileSystem, {
				...process.env,
				...env,
			});
	return [
		examineNode(),
		examinePython(project, environment),
		examineCompiler(environment),
		examineTensorFlow(project, environment),
		...runs,
		examineDriver(fileSystem, card),
		examineCuda(environment, operation, card),
		examineDevices(operation, card),
		examineProcessor(operation),
		examineDisk(project, environment),
		examineMemory(),
	];
}

/** @returns {Finding} */
function examineNode() {
	const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
	const text = `${process.versions.node}, ${process.execPath}`;
	const isOld = major < 20 || (major === 20 && minor < 18);
	return isOld
		? {
				name: "Node",
				state: "broken",
				text: `${text}: too old`,
				fix: "Install Node 20.18.1 or newer (https://nodejs.org, or: nvm install 22).",
			}
		: { name: "Node", state: "good", text };
}

/**
 * @param {Project} project
 * @param {import("./find_environment.mjs").Environment} environment
 * @returns {Finding}
 */
function examinePython(project, { prefix, python }) {
	// -B: without writing compiled modules.
	const { status, stdout } = spawnSync(
		python,
		["-IB", "-c", "import platform; print(platform.python_version())"],
		{ encoding: "utf8", timeout: 60_000 },
	);
	return status === 0
		? { name: "Python", state: "good", text: `${stdout.trim()} in ${prefix}` }
		: {
				name: "Python",
				state: "broken",
				text: `${python} ${fs.existsSync(python) ? "does not run" : "does not exist"}`,
				fix: project.setUpCommand,
			};
}

/**
 * @param {import("./find_environment.mjs").Environment} environment
 * @returns {Finding}
 */
function examineCompiler({ sitePackages }) {
	const system = findSystemCompiler();
	const zig = readVersion(sitePackages, "ziglang");
	const text = system
		? `${system.compiler.join(" ")}: ${system.version}`
		: `none on this system; ${zig ? `PyPI's ziglang ${zig} is installed` : "the set-up installs PyPI's ziglang if it needs one"}`;
	return { name: "C++ compiler", state: "good", text };
}

/**
 * @param {Project} project
 * @param {import("./find_environment.mjs").Environment} environment
 * @returns {Finding}
 */
function examineTensorFlow(project, { prefix, sitePackages }) {
	const fault = project.findFault(sitePackages);
	if (fault)
		return {
			name: "TensorFlow",
			state: "broken",
			text: `${prefix} ${fault}`,
			fix: project.setUpCommand,
		};
	const version = readVersion(sitePackages, "tensorflow") ?? "";
	const folder = path.join(sitePackages, "tensorflow");
	return {
		name: "TensorFlow",
		state: "good",
		text: `${version} in ${folder}`,
	};
}

/**
 * @param {Project} project
 * @param {string} tfjs
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ finding: Finding, operation?: Operation }>}
 */
async function examineOperation(project, tfjs, env) {
	const name = "operation";
	const fix = project.setUpCommand;
	if (!fs.existsSync(describeAddon(tfjs).addon)) {
		const text = `the addon of ${path.basename(tfjs)} is not built`;
		return { finding: { name, state: "broken", text, fix } };
	}
	try {
		const operation = await runOperation(tfjs, env);
		const { kernel, device, tensorflow } = operation;
		const text = `${kernel} ran on ${device}, in TensorFlow ${tensorflow} through ${path.basename(tfjs)}`;
		return { finding: { name, state: "good", text }, operation };
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		const text = error.message;
		return { finding: { name, state: "broken", text, fix } };
	}
}

/**
 * @param {string} fileSystem
 * @param {UnusedCard | undefined} card
 * @returns {Finding}
 */
function examineDriver(fileSystem, card) {
	const name = "NVIDIA driver";
	const module = path.join(fileSystem, "proc/driver/nvidia/version");
	const wsl = path.join(fileSystem, "usr/lib/wsl/lib/libcuda.so.1");
	if (fs.existsSync(module)) {
		const [text = ""] = fs.readFileSync(module, "utf8").split("\n");
		return { name, state: "good", text };
	}
	if (fs.existsSync(wsl))
		return { name, state: "good", text: `${wsl}, from Windows` };
	const text = "none is loaded";
	return card
		? { name, state: "degraded", text, fix: card.fix }
		: { name, state: "good", text };
}

/**
 * @param {import("./find_environment.mjs").Environment} environment
 * @param {Operation | undefined} operation
 * @param {UnusedCard | undefined} card
 * @returns {Finding}
 */
function examineCuda({ sitePackages }, operation, card) {
	const name = "CUDA libraries";
	const installed = path.join(sitePackages, "nvidia", "cuda_runtime");
	const loaded = operation?.cudaLibraries ?? [];
	const text =
		loaded.length > 0
			? loaded.join(", ")
			: fs.existsSync(installed)
				? `installed in ${path.dirname(installed)}; none was loaded`
				: "none in the environment, and none was loaded";
	return card && loaded.length === 0
		? { name, state: "degraded", text, fix: card.fix }
		: { name, state: "good", text };
}

/**
 * What TensorFlow runs on: degraded if there is an NVIDIA card and it runs on the CPU.
 *
 * @param {Operation | undefined} operation
 * @param {UnusedCard | undefined} card
 * @returns {Finding}
 */
function examineDevices(operation, card) {
	const name = "devices";
	const listed = operation
		? `TensorFlow lists ${operation.devices.join(", ")}`
		: "TensorFlow lists none, as it does not run";
	if (operation?.device.startsWith("GPU"))
		return { name, state: "good", text: listed };
	return card
		? { name, state: "degraded", text: `${listed}. ${card.why}`, fix: card.fix }
		: { name, state: "good", text: `${listed}; there is no NVIDIA card` };
}

/**
 * @param {Operation | undefined} operation
 * @returns {Finding}
 */
function examineProcessor(operation) {
	const name = "processor";
	const cpuinfo = "/proc/cpuinfo";
	const flags = fs.existsSync(cpuinfo)
		? (/^flags\s*: (.*)$/m.exec(fs.readFileSync(cpuinfo, "utf8"))?.[1] ?? "")
		: "";
	const used = flags
		.split(" ")
		.filter((flag) => /^(avx|avx2|fma|avx512f|avx512_vnni|amx_.*)$/.test(flag));
	const text = `${os.availableParallelism()} × ${os.cpus()[0]?.model.trim() ?? os.arch()}${used.length > 0 ? ` with ${used.join(", ")}` : ""}`;
	if (flags && !used.includes("avx"))
		return {
			name,
			state: "broken",
			text: `${text}: TensorFlow's wheel needs AVX`,
			fix: "Use another machine: this processor does not have those instructions.",
		};
	if (!operation) return { name, state: "good", text };
	return operation.oneDnn || os.arch() !== "x64"
		? { name, state: "good", text: `${text}; oneDNN is on` }
		: {
				name,
				state: "degraded",
				text: `${text}; oneDNN is off, which makes training on the CPU slower`,
				fix: "export TF_ENABLE_ONEDNN_OPTS=1",
			};
}

/**
 * @param {Project} project
 * @param {import("./find_environment.mjs").Environment} environment
 * @returns {Finding}
 */
function examineDisk(project, { python }) {
	const { bavail, bsize } = fs.statfsSync(project.folder);
	const free = (bavail * bsize) / gigabyte;
	const needed = fs.existsSync(python) ? 1 : 3;
	const text = `${free.toFixed(1)} GB free in ${project.folder}`;
	return free >= needed
		? { name: "disk", state: "good", text }
		: {
				name: "disk",
				state: "degraded",
				text: `${text}: ${needed} GB are needed`,
				fix: `Free some space there (npm cache clean --force, pip cache purge).`,
			};
}

/** @returns {Finding} */
function examineMemory() {
	const limit = process.constrainedMemory(); // Of a container; 0 or huge if there is none.
	const total = Math.min(os.totalmem(), limit || os.totalmem()) / gigabyte;
	const available = process.availableMemory() / gigabyte;
	const text = `${total.toFixed(1)} GB, of which ${available.toFixed(1)} GB are available`;
	return total >= 1.9
		? { name: "memory", state: "good", text }
		: {
				name: "memory",
				state: "degraded",
				text: `${text}: training may end for lack of it`,
				fix: "Give the machine or container 2 GB.",
			};
}
