import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { makeFolder } from "../setup/files";
import { jupyterEnv, python, root } from "../support/python";

const packages = ["papermill==2.7.0", "nbmake==1.5.5", "nbval==0.11.0"];
/** Outside of the environment, whose packages they must not change. */
const tools = path.join(root, "build", "notebook_tools", packages.join("_"));

/** Installs the tools once; without a network there is none of them. */
function installTools(): string | false {
	if (fs.existsSync(tools)) return false;
	const part = `${tools}.${process.pid}`;
	const { status, stderr } = spawnSync(
		python,
		["-m", "pip", "install", "--quiet", "--target", part, ...packages],
		{ encoding: "utf8", timeout: 240_000 },
	);
	if (status === 0) fs.renameSync(part, tools);
	else fs.rmSync(part, { recursive: true, force: true });
	return status === 0
		? false
		: `pip could not install ${packages.join(", ")}: ${stderr.trim().split("\n").at(-1)}`;
}

const skip = installTools();

const passing = ["const one: number = 1;", "console.log(one + 1);"];
const failing = {
	"an exception": ["const one = 1;", 'throw new Error("no such cat");'],
	"a type error": ["const one = 1;", 'const legs: number = "four";'],
	"a promise that nobody awaits": [
		"const one = 1;",
		'Promise.reject(new Error("no such cat"));',
	],
};
const expected = /no such cat|Type 'string' is not assignable/;

const commands = {
	nbconvert: ["-m", "nbconvert", "--execute", "--to", "notebook"],
	papermill: ["-m", "papermill", "--no-progress-bar"],
	nbmake: ["-m", "pytest", "-p", "no:cacheprovider", "--nbmake"],
	nbval: ["-m", "pytest", "-p", "no:cacheprovider", "--nbval-lax"],
};

/** Runs a tool on a notebook with these cells. */
function runTool(
	folder: string,
	tool: keyof typeof commands,
	cells: readonly string[],
) {
	const notebook = path.join(folder, "cells.ipynb");
	const kernelspec = {
		name: "tslab",
		display_name: "TypeScript",
		language: "typescript",
	};
	const content = {
		cells: cells.map((source, i) => ({
			cell_type: "code",
			id: `cell-${i}`,
			metadata: {},
			source,
			execution_count: null,
			outputs: [],
		})),
		metadata: { kernelspec },
		nbformat: 4,
		nbformat_minor: 5,
	};
	fs.writeFileSync(notebook, JSON.stringify(content));
	const output =
		tool === "nbconvert"
			? ["--output", "executed.ipynb"]
			: tool === "papermill"
				? [path.join(folder, "executed.ipynb")]
				: [];
	const run = spawnSync(python, [...commands[tool], notebook, ...output], {
		cwd: folder,
		encoding: "utf8",
		env: {
			...process.env,
			...jupyterEnv,
			...(tool === "nbconvert" ? {} : { PYTHONPATH: tools }),
			PYTHONDONTWRITEBYTECODE: "1",
		},
	});
	return {
		status: run.status,
		output: stripVTControlCharacters(run.stdout + run.stderr),
	};
}

for (const tool of Object.keys(commands) as (keyof typeof commands)[]) {
	const options = { skip: tool === "nbconvert" ? false : skip };
	test(`${tool} passes a notebook that runs`, options, (t) => {
		const { status, output } = runTool(makeFolder(t), tool, passing);
		assert.equal(status, 0, output);
	});

	for (const [what, cells] of Object.entries(failing))
		test(
			`${tool} fails on ${what}, and shows the message and its line`,
			options,
			(t) => {
				const { status, output } = runTool(makeFolder(t), tool, cells);
				assert.equal(status, 1, output);
				assert.match(output, expected);
				assert.match(output, /In\[2\], line 1/);
			},
		);
}
