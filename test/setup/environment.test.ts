import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { test } from "node:test";
import { python, runPython } from "../support/python";
import type { TestContext } from "../support/server";
import { makeFolder } from "./files";
import { makeClone } from "./make_clone";

/** Makes an environment.yml that asks for one small package, and what lets pip have that without a network. */
function askForLittle(t: TestContext, root: string): NodeJS.ProcessEnv {
	const folder = makeFolder(t);
	runPython<null>(
		`import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/tiny-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("tiny/__init__.py", "")
    info = "tiny-1.0.dist-info/"
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "tiny/__init__.py,,\\n" + "".join(f"{info}{n},,\\n" for n in ("METADATA", "WHEEL", "RECORD")))
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
import { prepareEnvironment } from "./packages/tfjs-on-wheel/environment.mjs";
import { runMain } from "./packages/tfjs-on-wheel/main.mjs";
import { project } from "./scripts/setup/project.mjs";
await runMain(() => prepareEnvironment(project));`;
test("a .venv of a moved project is made again, and preferred to an environment that lacks packages", async (t) => {
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
		/^ +The active environment \S+ does not match environment\.yml: using \.venv instead\.$/,
	);
	assert.match(
		rest.join("\n"),
		/^Python +creating \.venv with Python 3[\d.]+ …\nPython +installing tiny==1\.0 into \.venv …\nPython +\.venv has tiny==1\.0/,
	);
	const again = await clone.run(prepare, pip);
	assert.match(again.output, /^Python +\.venv is up to date\n$/);

	const [version = ""] = fs.readdirSync(clone.path(".venv/lib"));
	const tiny = clone.path(".venv/lib", version, "site-packages/tiny");
	fs.rmSync(tiny, { recursive: true });
	const repaired = await clone.run(prepare, pip);
	assert.match(repaired.output, /^Python +installing tiny==1\.0 into \.venv/);
	assert.ok(fs.existsSync(tiny));

	// Settings that send packages elsewhere.
	fs.rmSync(tiny, { recursive: true });
	const misled = { ...pip, PIP_TARGET: clone.path("elsewhere") };
	const lost = await clone.run(prepare, misled);
	assert.equal(lost.code, 1);
	assert.match(
		lost.output,
		/\npip ended without an error, but did not install tiny==1\.0 into \S+\.venv\.\n/,
	);
	assert.match((await clone.run(prepare, pip)).output, /\.venv has tiny==1\.0/);

	const activate = fs.readFileSync(clone.path(".venv/bin/activate"), "utf8");
	assert.ok(activate.includes(clone.path(".venv")));
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
	assert.doesNotMatch(next.output, /creating \.venv/);
	assert.ok(fs.existsSync(path.join(packages, "tiny")));
});

test("a .venv made with another version of Python is made again", async (t) => {
	const clone = makeClone(t);
	const pip = askForLittle(t, clone.root);
	assert.equal((await clone.run(prepare, pip)).code, 0);
	const lib = clone.path(".venv", "lib");
	const [version = ""] = fs.readdirSync(lib);
	fs.renameSync(path.join(lib, version), path.join(lib, "python3.9"));
	const { output } = await clone.run(prepare, pip);
	assert.match(
		output,
		/^Python +creating \.venv with .*\nPython +installing .*\nPython +\.venv has tiny/,
	);
});

test("variables that name another Python's packages, or no environment at all, change nothing", async (t) => {
	const clone = makeClone(t);
	const pip = askForLittle(t, clone.root);
	const nowhere = clone.path("nowhere");
	fs.mkdirSync(clone.path("lies"));
	for (const name of ["venv", "pip", "site"])
		fs.writeFileSync(clone.path("lies", `${name}.py`), "raise SystemExit(9)");
	const { code, output } = await clone.run(prepare, {
		...pip,
		PYTHONHOME: nowhere,
		PYTHONPATH: clone.path("lies"),
		VIRTUAL_ENV: nowhere,
		CONDA_PREFIX: nowhere,
	});
	assert.equal(code, 0, output);
	assert.match(output, /\.venv has tiny==1\.0/);
});
