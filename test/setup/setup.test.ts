import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { test } from "node:test";
import { python, runPython } from "../support/python";
import type { TestContext } from "../support/server";
import { makeClone, makeFolder, writeHdf5 } from "./clone";

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

/** Makes an environment.yml that asks for one small package, and what lets pip have that without a network. */
function askForLittle(t: TestContext, root: string): NodeJS.ProcessEnv {
	const folder = makeFolder(t);
	runPython<null>(
		`import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/tiny-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("tiny.py", "")
    info = "tiny-1.0.dist-info/"
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "tiny.py,,\\n" + "".join(f"{info}{n},,\\n" for n in ("METADATA", "WHEEL", "RECORD")))
print("null")`,
		[folder],
	);
	fs.writeFileSync(
		path.join(root, "environment.yml"),
		"dependencies:\n  - python >=3.10,<3.14\n  - pip:\n      - tiny==1.0\n",
	);
	return { CONDA_PREFIX: "", PIP_NO_INDEX: "1", PIP_FIND_LINKS: folder };
}

const prepare = `
import { prepareEnvironment } from "./scripts/setup/environment.mjs";
import { runMain } from "./scripts/setup/main.mjs";
await runMain(prepareEnvironment);`;
test("a .venv that came along with a moved project is made anew, and preferred to an environment that lacks packages", async (t) => {
	const clone = makeClone(t);
	const pip = askForLittle(t, clone.root);
	const elsewhere = path.join(makeFolder(t), "elsewhere");
	spawnSync(python, ["-m", "venv", "--without-pip", elsewhere]);
	fs.renameSync(elsewhere, clone.path(".venv"));

	const active = { ...pip, CONDA_PREFIX: clone.environment };
	const { output } = await clone.run(prepare, active);
	const [note = "", ...rest] = output.split("\n");
	assert.match(
		note,
		/^ +The active environment \S+ is not made from environment\.yml: taking \.venv instead\.$/,
	);
	assert.match(
		rest.join("\n"),
		/^Python +making \.venv with Python 3[\d.]+ …\nPython +installing tiny==1\.0 into \.venv …\nPython +\.venv has tiny==1\.0/,
	);
	const again = await clone.run(prepare, pip);
	assert.match(again.output, /^Python +\.venv is up to date\n$/);
	const activate = fs.readFileSync(clone.path(".venv/bin/activate"), "utf8");
	assert.ok(activate.includes(clone.path(".venv")));
});

test("a .venv whose Python was uninstalled, or that was made but in part, does not count", async (t) => {
	const { isWholeVenv } = await import("../../scripts/setup/environment.mjs");
	const venv = path.join(makeFolder(t), "venv");
	spawnSync(python, ["-m", "venv", "--without-pip", venv]);
	assert.equal(isWholeVenv(venv), true);
	const binary = path.join(venv, "bin", "python");
	const target = fs.readlinkSync(binary);
	fs.rmSync(binary);
	fs.symlinkSync("/nowhere/python3", binary);
	assert.equal(isWholeVenv(venv), false);
	fs.rmSync(binary);
	fs.symlinkSync(target, binary);
	assert.equal(isWholeVenv(venv), true);
	fs.rmSync(path.join(venv, "bin", "activate"));
	assert.equal(isWholeVenv(venv), false);
});

test("a set-up that is interrupted while pip installs is taken up again", async (t) => {
	const clone = makeClone(t);
	const pip = askForLittle(t, clone.root);
	// A package index that takes every connection and never says a word.
	const sockets: net.Socket[] = [];
	const index = net.createServer((socket) => sockets.push(socket));
	index.listen(0, "127.0.0.1");
	await once(index, "listening");
	t.after(() => {
		for (const socket of sockets) socket.destroy();
		index.close();
	});
	const { port } = index.address() as net.AddressInfo;

	const running = clone.start(
		process.execPath,
		["--input-type=module", "--eval", prepare],
		{
			CONDA_PREFIX: "",
			PIP_INDEX_URL: `http://127.0.0.1:${port}/simple`,
			NO_PROXY: "127.0.0.1",
		},
	);
	await once(index, "connection");
	// As a copy that was cut short would lie there: no list of what it consists of.
	const lib = clone.path(".venv", "lib");
	const packages = path.join(
		lib,
		fs.readdirSync(lib)[0] ?? "",
		"site-packages",
	);
	fs.mkdirSync(path.join(packages, "tiny-1.0.dist-info"));
	fs.writeFileSync(
		path.join(packages, "tiny-1.0.dist-info", "METADATA"),
		"Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
	);
	running.process.kill("SIGINT");
	assert.equal((await running.ended).code, 130);

	const next = await clone.run(prepare, pip);
	assert.match(next.output, /\.venv has tiny==1\.0/);
	assert.doesNotMatch(next.output, /making \.venv/);
	assert.ok(fs.existsSync(path.join(packages, "tiny.py")));
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
