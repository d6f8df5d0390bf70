import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { writeHdf5 } from "./files";
import { makeClone } from "./make_clone";

test("a second set-up takes under two seconds and changes nothing", async (t) => {
	const clone = makeClone(t);
	const named = { MOBILENET_V2_WEIGHTS: writeHdf5(clone.root) };
	const first = await clone.setUp(named);
	assert.equal(first.code, 0, first.output);
	const { code, output, took } = await clone.setUp(named);
	assert.equal(code, 0, output);
	assert.ok(took < 2, `${took} s`);
	assert.doesNotMatch(output, /…/);
	for (const step of ["npm packages", "TensorFlow addon", "library"])
		assert.match(output, new RegExp(`^${step} +up to date$`, "m"));
	assert.match(output, /^Jupyter kernel +up to date$/m);
});

test("the kernel is made known to Jupyter with absolute paths, in the environment and nowhere else", async (t) => {
	const clone = makeClone(t);
	const { code, output } = await clone.setUp({
		MOBILENET_V2_WEIGHTS: writeHdf5(clone.root),
	});
	assert.equal(code, 0, output);
	assert.deepEqual(fs.readdirSync(clone.path("home")), []);

	// What Jupyter itself makes of it.
	const list = spawnSync(
		path.join(clone.environment, "bin", "python"),
		["-m", "jupyter_client.kernelspecapp", "list", "--json"],
		{ env: clone.env, encoding: "utf8" },
	);
	const { tslab } = JSON.parse(list.stdout).kernelspecs;
	assert.equal(
		tslab.resource_dir,
		path.join(clone.environment, "share/jupyter/kernels/tslab"),
	);
	const { argv, env, language } = tslab.spec;
	assert.equal(language, "typescript");
	assert.equal(argv[0], process.execPath);
	assert.equal(argv[1], clone.path("node_modules/tslab/bin/tslab"));
	assert.ok(fs.existsSync(argv[1]));
	assert.ok(argv.includes("{connection_file}"));
	assert.match(env.TF_CPP_MIN_LOG_LEVEL, /^[13]$/);
});

test("with a GPU the kernel lets TensorFlow's warnings through, without one it is silent", async () => {
	const { describeKernel } = await import("../../scripts/setup/kernel.mjs");
	assert.equal(describeKernel(true).env.TF_CPP_MIN_LOG_LEVEL, "1");
	assert.equal(describeKernel(false).env.TF_CPP_MIN_LOG_LEVEL, "3");
});

test("a set-up that is interrupted while npm installs is taken up again", async (t) => {
	const clone = makeClone(t);
	const whole = clone.path("whole");
	fs.renameSync(clone.path("node_modules"), whole);
	const bin = clone.path("bin");
	fs.mkdirSync(bin);
	const npm = (script: string) =>
		fs.writeFileSync(path.join(bin, "npm"), `#!/bin/sh\n${script}\n`, {
			mode: 0o755,
		});
	const env = {
		PATH: `${bin}:${process.env.PATH}`,
		MOBILENET_V2_WEIGHTS: writeHdf5(clone.root),
	};

	npm("mkdir -p node_modules/half node_modules/transfer-learning; sleep 60");
	const running = clone.startSetUp(env);
	while (!fs.existsSync(clone.path("node_modules", "transfer-learning")))
		await new Promise((resolve) => setTimeout(resolve, 10));
	running.process.kill("SIGINT");
	assert.equal((await running.ended).code, 130);

	npm(
		`rm -r node_modules; cp -a whole node_modules; rm node_modules/.setup.json`,
	);
	const { code, output } = await clone.setUp(env);
	assert.equal(code, 0, output);
	assert.match(output, /^npm packages +npm ci …\nnpm packages +installed/);
});

test("a set-up that is interrupted while it compiles the library is taken up again", async (t) => {
	const clone = makeClone(t);
	const env = { MOBILENET_V2_WEIGHTS: writeHdf5(clone.root) };
	fs.rmSync(clone.path("lib", "dist"), { recursive: true, force: true });
	const running = clone.startSetUp(env);
	await running.printed(/compiling lib/);
	running.process.kill("SIGINT");
	assert.equal((await running.ended).code, 130);

	const { code, output } = await clone.setUp(env);
	assert.equal(code, 0, output);
	assert.match(output, /^library +compiled to lib\/dist/m);
});
