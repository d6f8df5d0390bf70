import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { test } from "node:test";
import { makeClone } from "./make_clone";

const run = (cwd: string, script: string) =>
	spawnSync(process.execPath, ["-e", script], { cwd, encoding: "utf8" });

test("a notebook on a clone that was never set up is told to run npm run setup", (t) => {
	const clone = makeClone(t);
	fs.rmSync(clone.addon);
	const imported = run(
		clone.root,
		`try { require("transfer-learning"); } catch (error) { console.log(error.name, error.message); }`,
	);
	assert.match(
		imported.stdout,
		/^TransferLearningError TensorFlow could not be loaded: .*tfjs_binding\.node.*\nRun `npm run setup` in the project's folder: .*\n$/,
	);
});

test("an addon that does not load is reported with the reason", (t) => {
	const clone = makeClone(t);
	fs.writeFileSync(clone.addon, "no library");
	const imported = run(
		clone.root,
		`try { require("transfer-learning"); } catch (error) { console.log(error.message, error.cause.code); }`,
	);
	assert.match(
		imported.stdout,
		/^TensorFlow could not be loaded: .*tfjs_binding\.node.*\nRun `npm run setup`.* ERR_DLOPEN_FAILED\n$/,
	);
});
