import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { root } from "../support/python";

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
