import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { before, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { makeFolder } from "../setup/files";
import { type CellResult, runInKernel } from "../support/kernel";
import { root } from "../support/python";

const cells = {
	defines: `interface Cat { name: string }
const check = (cat: Cat) => {
  if (!cat.name) throw new TypeError("no name", { cause: new Error("why") });
};`,
	calls: `type Nothing = never;

check({ name: "" });`,
	awaits: `await null;
await Promise.reject(new RangeError("too far"));`,
	throwsObject: "throw { paws: 4 };",
	types: `const a = 1;
const legs: number = "four";
const tail: boolean = 2;`,
	syntax: "const open = [1,",
	rejects: 'Promise.reject(new Error("nobody awaits"));',
	timer: 'setTimeout(() => { throw new Error("in a timer"); }, 0);',
	waitsForTimer: `await new Promise((resolve) =>
  setTimeout(() => { throw new Error("never resolved"); }, 10));`,
	laterTimer: `let release = () => {};
const released = new Promise<void>((resolve) => { release = resolve; });
void released.then(() => { setImmediate(() => { throw new Error("of an earlier cell"); }); });`,
	later: "release(); await new Promise(() => {});",
	displays:
		'({ [Symbol.for("Jupyter.display")]: async () => ({ "text/plain": "shown" }) })',
	chart: `import { historyChart } from "transfer-learning";
historyChart({ loss: [0.5], val_loss: [], seconds: [1] })`,
	ends: 'console.log("well");',
} as const;
const results = new Map<string, CellResult>();
let status: string;

before(async () => {
	const ran = await runInKernel(Object.values(cells));
	status = ran.info.status;
	Object.keys(cells).forEach((name, i) => {
		results.set(name, ran.results[i] as CellResult);
	});
});

/** What a cell sent, with its error's traceback as plain text. */
function resultOf(name: keyof typeof cells) {
	const { reply, messages } = results.get(name) as CellResult;
	const errors = messages.filter(({ type }) => type === "error");
	const traceback = stripVTControlCharacters(
		(errors[0]?.content.traceback ?? []).join("\n"),
	);
	return { reply, messages, errors, traceback };
}

/** Asserts that a cell failed, once, and its reply says the same as its error. */
function assertFailed(
	name: keyof typeof cells,
	ename: string,
	evalue: string | RegExp,
): string {
	const { reply, errors, traceback } = resultOf(name);
	assert.equal(reply.status, "error");
	assert.equal(errors.length, 1);
	const { ename: sent, evalue: text, ...rest } = errors[0]?.content ?? {};
	assert.equal(sent, ename);
	if (typeof evalue === "string") assert.equal(text, evalue);
	else assert.match(text ?? "", evalue);
	assert.deepEqual(
		[reply.ename, reply.evalue, reply.traceback],
		[sent, text, rest.traceback],
	);
	return traceback;
}

test("the kernel numbers the cells, sends what it runs, and tells its status", () => {
	assert.equal(status, "ok");
	Object.entries(cells).forEach(([name, code], i) => {
		const { reply, messages } = results.get(name) as CellResult;
		assert.equal(reply.execution_count, i + 1);
		assert.deepEqual(messages[0], {
			type: "execute_input",
			content: { code, execution_count: i + 1 },
		});
	});
});

test("an exception is an error with the lines of the cells that it came through, and its cause", () => {
	assert.equal(
		assertFailed("calls", "TypeError", "no name"),
		`TypeError: no name
    at check, In[1], line 3, column 24
     1 | interface Cat { name: string }
     2 | const check = (cat: Cat) => {
>    3 |   if (!cat.name) throw new TypeError("no name", { cause: new Error("why") });
       |                        ^
     4 | };
    at In[2], line 3, column 1
Caused by Error: why
    at check, In[1], line 3, column 58
     1 | interface Cat { name: string }
     2 | const check = (cat: Cat) => {
>    3 |   if (!cat.name) throw new TypeError("no name", { cause: new Error("why") });
       |                                                          ^
     4 | };
    at In[2], line 3, column 1`,
	);
});

test("a rejected promise that the cell awaits, and a thrown value that is no error, are errors", () => {
	assert.match(
		assertFailed("awaits", "RangeError", "too far"),
		/at In\[3\], line 2, column 22\n/,
	);
	assertFailed("throwsObject", "Thrown", "{ paws: 4 }");
});

test("a type error is an error with the place of each complaint", () => {
	assert.equal(
		assertFailed(
			"types",
			"TS2322",
			"Type 'string' is not assignable to type 'number'. (In[5], line 2, column 7)",
		),
		`TS2322: Type 'string' is not assignable to type 'number'.
    at In[5], line 2, column 7
     1 | const a = 1;
>    2 | const legs: number = "four";
       |       ^^^^
     3 | const tail: boolean = 2;
TS2322: Type 'number' is not assignable to type 'boolean'.
    at In[5], line 3, column 7
     1 | const a = 1;
     2 | const legs: number = "four";
>    3 | const tail: boolean = 2;
       |       ^^^^`,
	);
	assert.match(
		assertFailed("syntax", "TS1137", /expected/),
		/^ +at In\[6\], line 1, column 17$/m,
	);
});

test("an error that nothing awaits fails the cell that started it, even one that waits in vain", () => {
	assert.match(
		assertFailed("rejects", "Error", "nobody awaits"),
		/In\[7\], line 1, column 16\n/,
	);
	assert.match(
		assertFailed("timer", "Error", "in a timer"),
		/In\[8\], line 1, column 26\n/,
	);
	assertFailed("waitsForTimer", "Error", "never resolved");
});

test("an error of an earlier cell that nothing awaits fails the cell that runs", () => {
	assert.equal(resultOf("laterTimer").reply.status, "ok");
	assert.match(
		assertFailed("later", "Error", "of an earlier cell"),
		/In\[10\], line 3, column 55\n/,
	);
});

test("a cell that ends in what displays itself shows it as its result, as it shows the library's charts", () => {
	const dataOf = (name: keyof typeof cells) =>
		resultOf(name).messages.flatMap(({ type, content }) =>
			type === "execute_result" ? (content.data ?? {}) : [],
		);
	assert.deepEqual(dataOf("displays"), [{ "text/plain": "shown" }]);
	const [chart, ...others] = dataOf("chart");
	assert.deepEqual(others, []);
	assert.deepEqual(Object.keys(chart ?? {}), [
		"application/vnd.plotly.v1+json",
		"text/html",
		"text/plain",
	]);
	assert.deepEqual(
		resultOf("ends").messages.map(({ type }) => type),
		["execute_input", "stream"],
	);
});

test("the cells that were sent together with one that fails are aborted, and those that follow its reply run", async () => {
	const { results } = await runInKernel(
		["1 + 1", 'throw new Error("stop")', 'console.log("never")', "2"],
		true,
	);
	assert.deepEqual(
		results.map(({ reply }) => reply.status),
		["ok", "error", "aborted", "aborted"],
	);
	assert.deepEqual(results[2]?.messages, []);
	// The cells of `before` run after failed ones.
	assert.equal(resultOf("ends").reply.status, "ok");
});

test("with another version of tslab the kernel says so in one line, and starts tslab unchanged", (t) => {
	const folder = makeFolder(t);
	fs.cpSync(path.join(root, "lib", "dist"), path.join(folder, "dist"), {
		recursive: true,
	});
	const tslab = path.join(folder, "node_modules", "tslab");
	fs.mkdirSync(path.join(tslab, "dist"), { recursive: true });
	fs.writeFileSync(path.join(tslab, "package.json"), '{ "version": "9.9.9" }');
	fs.writeFileSync(
		path.join(tslab, "dist", "main.js"),
		"exports.startKernel = (options) => console.log(JSON.stringify(options));",
	);
	const { stdout, stderr } = spawnSync(
		process.execPath,
		[path.join(folder, "dist", "jupyter", "kernel.js"), "connection.json"],
		{ encoding: "utf8" },
	);
	assert.equal(
		stderr,
		"The kernel runs without tracebacks: tslab is 9.9.9, not 1.0.22. Run `npm ci` in the project's folder.\n",
	);
	assert.equal(JSON.parse(stdout).configPath, "connection.json");
});
