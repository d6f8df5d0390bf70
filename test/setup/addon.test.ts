// Slow: a real compiler at work, and packages from npm and PyPI (about two minutes).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { runPython } from "../support/python";
import { until } from "../support/until";
import type { Clone } from "./clone";
import { makeFolder, writeHdf5 } from "./files";
import { makeClone } from "./make_clone";
import { offline } from "./registry";

const addon = "@tensorflow/tfjs-node-gpu";
/** A convolution of nine ones; and the gradient of the greatest of four values. */
const compute = `
const tf = require("${addon}");
const sum = tf.conv2d(tf.ones([1, 3, 3, 1]), tf.ones([3, 3, 1, 1]), 1, "valid");
const gradient = tf.grad((x) => tf.maxPool(x, 2, 2, "valid"))(tf.tensor4d([1, 2, 4, 3], [1, 2, 2, 1]));
console.log(tf.getBackend(), ...sum.dataSync(), ...gradient.dataSync());`;

const computed = "tensorflow 9 0 0 1 0\n";

/** Why a test that compiles with the system's compiler is left out, if it is. */
const withoutCompiler =
	spawnSync("c++", ["--version"]).status !== 0 && "there is no C++ compiler";

/** Runs a script against the clone's addon. */
function run(
	clone: Clone,
	script: string,
	{ node = process.execPath, env = {} as NodeJS.ProcessEnv } = {},
) {
	return spawnSync(node, ["-e", script], {
		cwd: clone.root,
		env: { ...clone.env, TF_CPP_MIN_LOG_LEVEL: "3", ...env },
		encoding: "utf8",
		maxBuffer: 1 << 30,
	});
}

/** Builds the addon anew and returns what the set-up printed. */
async function build(clone: Clone, env: NodeJS.ProcessEnv): Promise<string> {
	const folder = path.dirname(clone.addon);
	fs.rmSync(folder, { recursive: true, force: true });
	const { code, output } = await clone.setUp({
		MOBILENET_V2_WEIGHTS: writeHdf5(clone.root),
		...env,
	});
	assert.equal(code, 0, output);
	assert.deepEqual(fs.readdirSync(folder).sort(), [
		"tfjs_binding.json",
		"tfjs_binding.node",
	]);
	return output;
}

test("the system's compiler builds the addon, after an interruption too", {
	skip: withoutCompiler,
}, async (t) => {
	const clone = makeClone(t);
	fs.rmSync(clone.addon);
	const running = clone.startSetUp();
	await running.printed(/compiling with/);
	// The set-up writes a ticket for each command that it runs.
	const tickets = clone.path("build", "lock");
	await until(tickets, () =>
		fs.readdirSync(tickets).some((name) => !name.endsWith(".set-up")),
	);
	running.process.kill("SIGINT");
	assert.equal((await running.ended).code, 130);
	assert.ok(!fs.existsSync(clone.addon));

	// A compiler that CXX names and that does not exist is no reason to give up.
	const output = await build(clone, { CXX: "/nowhere/c++" });
	assert.match(
		output,
		/^TensorFlow addon +built with (c\+\+|g\+\+|clang\+\+) for TensorFlow [\d.]+ \(/m,
	);
	assert.equal(run(clone, compute).stdout, computed);

	await t.test(
		"Node 24 loads that addon and computes with it",
		{ skip: offline },
		() => {
			const folder = makeFolder(t);
			const name = `node-${process.platform}-${process.arch}@24.9.0`;
			const install = spawnSync(
				"npm",
				["install", "--prefix", folder, "--ignore-scripts", "--no-save", name],
				{ encoding: "utf8" },
			);
			assert.equal(install.status, 0, install.stderr);
			const [packageName = ""] = name.split("@");
			const node = path.join(
				folder,
				"node_modules",
				packageName,
				"bin",
				"node",
			);
			const script = `require("transfer-learning"); console.log(process.version); ${compute}`;
			const { stdout, stderr } = run(clone, script, { node });
			assert.equal(stdout, `v24.9.0\n${computed}`, stderr);
		},
	);
});

test("other compiler flags rebuild the addon", {
	skip: withoutCompiler,
}, async (t) => {
	const clone = makeClone(t);
	const named = { MOBILENET_V2_WEIGHTS: writeHdf5(clone.root) };
	assert.match(
		(await clone.setUp(named)).output,
		/^TensorFlow addon +up to date$/m,
	);
	const file = clone.path("packages", "tfjs-on-wheel", "compiler.mjs");
	const text = fs.readFileSync(file, "utf8");
	fs.writeFileSync(file, text.replace('"-O3"', '"-O2"'));
	assert.match(
		(await clone.setUp(named)).output,
		/^TensorFlow addon +built with/m,
	);
});

test("where there is no compiler, PyPI's ziglang builds the addon", {
	skip: offline,
}, async (t) => {
	const clone = makeClone(t);
	const output = await build(clone, { PATH: "/nowhere" });
	assert.match(output, /^ +There is no C\+\+ compiler on this system\.$/m);
	assert.match(output, /^TensorFlow addon +installing ziglang [\d.]+, /m);
	assert.match(output, /^TensorFlow addon +built with ziglang for /m);
	assert.equal(run(clone, compute).stdout, computed);
	// Zig would keep a cache there.
	assert.deepEqual(fs.readdirSync(clone.path("home")), []);
});

test("the addon finds NVIDIA's libraries beside TensorFlow, although its environment is reached through a link", {
	skip:
		offline ||
		withoutCompiler ||
		(process.platform !== "linux" && "NVIDIA's libraries are for Linux"),
}, async (t) => {
	const clone = makeClone(t);
	const wheel = path.join(clone.sitePackages, "tensorflow");
	const real = fs.realpathSync(wheel);
	fs.rmSync(wheel);
	fs.mkdirSync(wheel);
	// Of the wheel only what the addon needs, as hard links: to a library, a soft one is another place.
	const libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
	for (const library of libraries)
		link(path.join(real, library), path.join(wheel, library));
	fs.symlinkSync(path.join(real, "include"), path.join(wheel, "include"));
	installCudaRuntime(clone);
	const environment = clone.path("real-environment");
	fs.renameSync(clone.environment, environment);
	fs.symlinkSync(environment, clone.environment);
	await build(clone, {});

	assert.equal(
		fs.realpathSync(findCudart(clone, {}) ?? "not loaded"),
		fs.realpathSync(
			path.join(clone.sitePackages, "nvidia/cuda_runtime/lib/libcudart.so.12"),
		),
	);

	// The trap that this is about: found through links, TensorFlow looks beside the links.
	const links = clone.path("links");
	fs.mkdirSync(links);
	for (const library of libraries)
		fs.symlinkSync(path.join(wheel, library), path.join(links, library));
	assert.equal(findCudart(clone, { LD_LIBRARY_PATH: links }), undefined);
});

/** Loads the addon and returns which CUDA runtime the dynamic linker loaded with it. */
function findCudart(clone: Clone, env: NodeJS.ProcessEnv): string | undefined {
	const log = path.join(clone.root, "libraries");
	const { status, stderr, stdout } = run(
		clone,
		`require("${addon}"); console.log(process.pid);`,
		{ env: { LD_DEBUG: "libs", LD_DEBUG_OUTPUT: log, ...env } },
	);
	assert.equal(status, 0, stderr);
	// The linker adds the process's number to the name.
	const text = fs.readFileSync(`${log}.${stdout.trim()}`, "utf8");
	assert.match(text, /calling init: .*libtensorflow_cc\.so\.2$/m);
	return /calling init: (.*\/libcudart\.so\.12)$/m.exec(text)?.[1];
}

/** Makes a hard link, or a copy where the temporary folder is another file system. */
function link(from: string, to: string): void {
	try {
		fs.linkSync(from, to);
	} catch {
		fs.copyFileSync(from, to);
	}
}

/** Installs the CUDA runtime that TensorFlow's wheel asks for beside it, without the two gigabytes of the rest. */
function installCudaRuntime(clone: Clone): void {
	const [requirement] = runPython<string[]>(`import importlib.metadata, json
print(json.dumps([r.split(";")[0].strip() for r in importlib.metadata.requires("tensorflow") if r.startswith("nvidia-cuda-runtime-cu12")]))`);
	for (const name of fs.readdirSync(clone.sitePackages))
		if (/^nvidia\b/.test(name)) fs.rmSync(path.join(clone.sitePackages, name));
	const install = spawnSync(
		path.join(clone.environment, "bin", "python"),
		[
			...["-m", "pip", "install", "--no-deps", "--disable-pip-version-check"],
			...["--target", clone.sitePackages, requirement ?? ""],
		],
		{ encoding: "utf8" },
	);
	assert.equal(install.status, 0, install.stderr);
}
