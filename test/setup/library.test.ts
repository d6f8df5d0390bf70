import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { test } from "node:test";
import { root } from "../support/python";
import { makeClone } from "./make_clone";

const run = (cwd: string, script: string) =>
	spawnSync(process.execPath, ["-e", script], { cwd, encoding: "utf8" });

test("the library puts back util.isNullOrUndefined, which Node 23 removed and tfjs-node calls", () => {
	const add = `require("@tensorflow/tfjs-node-gpu").tensor([1, 2]).add(3).print();`;
	const remove = `delete require("util").isNullOrUndefined;`;
	const without = run(root, `${remove} ${add}`);
	assert.notEqual(without.status, 0);
	assert.match(without.stderr, /isNullOrUndefined\)? is not a function/);

	const library = run(root, `${remove} require("transfer-learning"); ${add}`);
	assert.equal(library.status, 0, library.stderr);
	assert.match(library.stdout, /\[4, 5\]/);
});

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
