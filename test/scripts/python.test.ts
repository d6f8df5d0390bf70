import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { makeFolder } from "../setup/files";
import { root } from "../support/python";
import type { TestContext } from "../support/server";

const finder = import("../../packages/tfjs-on-wheel/python.mjs");
const wanted = { oldestMinor: 10, newestMinor: 13 };

/** Makes a folder of programs that answer as Pythons do: a version and "yes", or an exit status. */
function fakePythons(t: TestContext, answers: Record<string, string | number>) {
	const folder = makeFolder(t);
	for (const [name, answer] of Object.entries(answers)) {
		const act =
			typeof answer === "number" ? `exit ${answer}` : `echo "${answer}"`;
		fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${act}\n`, {
			mode: 0o755,
		});
	}
	return folder;
}

test("the newest suitable Python on the PATH is taken", async (t) => {
	const { findPython } = await finder;
	const PATH = fakePythons(t, {
		python3: "3.14.1 yes",
		"python3.11": "3.11.7 yes",
		"python3.13": "3.13.2 yes",
		"python3.14": "3.14.1 yes",
	});
	assert.deepEqual(findPython(wanted, { PATH }), {
		executable: path.join(PATH, "python3.13"),
		version: "3.13.2",
	});
});

test("a Python that PYTHON names goes before those on the PATH", async (t) => {
	const { findPython } = await finder;
	const PATH = fakePythons(t, { "python3.13": "3.13.2 yes" });
	const PYTHON = path.join(fakePythons(t, { mine: "3.10.0 yes" }), "mine");
	assert.equal(findPython(wanted, { PATH, PYTHON }).executable, PYTHON);
});

test("a shim that does not run, and a Python without venv, are passed over", async (t) => {
	const { findPython } = await finder;
	const PATH = fakePythons(t, {
		"python3.13": 127,
		"python3.12": "3.12.3 no",
		python3: "3.11.2 yes",
	});
	assert.equal(
		findPython(wanted, { PATH }).executable,
		path.join(PATH, "python3"),
	);
});

test("where no Python will do, each is named with what is wrong with it", async (t) => {
	const { findPython } = await finder;
	const PATH = fakePythons(t, {
		"python3.13": "3.13.0 no",
		"python3.12": 1,
		python3: "3.14.0 yes",
		python: "2.7.18 no",
	});
	assert.throws(() => findPython(wanted, { PATH }), {
		name: "UserError",
		message: new RegExp(
			[
				"^No Python 3.10 to 3.13 was found.",
				"Tried:",
				`  ${PATH}/python3.13: Python 3.13.0 cannot make environments \\(.* apt install python3.13-venv\\)`,
				`  ${PATH}/python3.12: does not run`,
				`  ${PATH}/python3: Python 3.14.0 is too new`,
				`  ${PATH}/python: Python 2.7.18 is too old`,
				"Install Python 3.13 .* PYTHON=/path/to/python3, then run the command again.$",
			].join("\n"),
		),
	});
});

test("Python 3.9, 3.2 and 2.7 are refused as too old", async (t) => {
	const { findPython } = await finder;
	for (const version of ["3.9.20", "3.2.6", "2.7.18"])
		assert.throws(
			() =>
				findPython(wanted, {
					PATH: fakePythons(t, { python3: `${version} yes` }),
				}),
			{ message: new RegExp(`Python ${version} is too old`) },
		);
});

test("where there is no Python at all, the message says so and what to install", async () => {
	const { findPython } = await finder;
	assert.throws(() => findPython(wanted, { PATH: "/nowhere" }), {
		name: "UserError",
		message:
			/^No Python 3\.10 to 3\.13 was found\.\nInstall Python 3\.13 [^\n]+$/,
	});
});

/** Loads check-node.cjs in a Node that takes itself for another version. */
function checkNode(version: string) {
	return spawnSync(
		process.execPath,
		[
			"-e",
			`Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });
require("./scripts/check-node.cjs");`,
		],
		{ cwd: root, encoding: "utf8" },
	);
}

test("a Node older than 20.18.1 is told what is needed, in two lines", () => {
	for (const version of ["0.10.48", "8.17.0", "18.20.4", "20.9.0", "20.18.0"]) {
		const { status, stderr } = checkNode(version);
		assert.equal(status, 1, version);
		assert.match(
			stderr,
			new RegExp(
				`^This project needs Node 20\\.18\\.1 or newer; this is Node ${version} .*\n.*nvm install.*\n$`,
			),
		);
	}
});

test("Node 20.18.1 and whatever is newer is accepted without a word", () => {
	for (const version of ["20.18.1", "20.20.2", "22.1.0", "24.0.0", "100.0.0"])
		assert.deepEqual(
			[checkNode(version).status, checkNode(version).stderr],
			[0, ""],
		);
});
