import assert from "node:assert/strict";
import * as path from "node:path";
import { test } from "node:test";
import { codeCells, joinText, readNotebook } from "../support/notebook";
import { root } from "../support/python";

const notebook = readNotebook(
	path.join(root, "notebooks", "transfer_learning.ipynb"),
);

test("the walkthrough has the eleven code cells In[1] to In[11]", () => {
	assert.equal(codeCells(notebook).length, 11);
});

test("each code cell of the walkthrough is introduced by text under a heading", () => {
	notebook.cells.forEach((cell, i) => {
		if (cell.cell_type !== "code") return;
		const before = notebook.cells[i - 1];
		assert.equal(before?.cell_type, "markdown");
		assert.match(joinText(before.source), /^## [^\n]+\n\n.{80,}/ms);
	});
});

test("the walkthrough is committed without outputs and execution counts", () => {
	for (const { outputs, execution_count } of codeCells(notebook)) {
		assert.deepEqual(outputs, []);
		assert.equal(execution_count, null);
	}
});

test("the walkthrough names the kernel that the set-up installs", () => {
	assert.equal(notebook.metadata.kernelspec.name, "tslab");
	assert.equal(notebook.metadata.kernelspec.language, "typescript");
});

test("no code cell of the walkthrough is longer than twenty lines", () => {
	for (const { source } of codeCells(notebook)) {
		assert.ok(joinText(source).split("\n").length <= 20);
	}
});
