import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { makeFolder } from "../setup/files";
import { python } from "../support/python";

test("a .venv whose Python was uninstalled, or that was made but in part, does not count", async (t) => {
	const { isWholeVenv } = await import(
		"../../packages/tfjs-on-wheel/environment.mjs"
	);
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
