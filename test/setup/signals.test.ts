import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../support/python";
import { until } from "../support/until";
import type { Clone, Running } from "./clone";
import { makeFolder, writeHdf5 } from "./files";
import { makeClone } from "./make_clone";

const node = [process.execPath, "--require", "./scripts/check-node.cjs"];

/** Starts a script of the clone in a process group of its own, as a shell and `timeout` do. */
function startGroup(clone: Clone, script: string, ...args: string[]): Running {
	const MOBILENET_V2_WEIGHTS = writeHdf5(clone.root);
	return clone.start("setsid", [...node, script, ...args], {
		MOBILENET_V2_WEIGHTS,
		CATS_VS_DOGS: "drawn",
	});
}

/** Writes a notebook with one cell, which writes the kernel's process id to `pid` and then waits. */
function writeWaiting(clone: Clone): void {
	const source = `import * as fs from "fs";
fs.writeFileSync("../pid.part", String(process.pid));
fs.renameSync("../pid.part", "../pid");
await new Promise((resolve) => setTimeout(resolve, 300_000));`;
	const code = { cell_type: "code", execution_count: null, outputs: [] };
	fs.mkdirSync(clone.path("notebooks"), { recursive: true });
	fs.writeFileSync(
		clone.path("notebooks", "transfer_learning.ipynb"),
		JSON.stringify({
			cells: [{ ...code, metadata: {}, source }],
			metadata: { kernelspec: { name: "tslab", display_name: "TypeScript" } },
			nbformat: 4,
			nbformat_minor: 4,
		}),
	);
}

async function kernelOf(clone: Clone): Promise<number> {
	const file = clone.path("pid");
	await until(clone.root, () => fs.existsSync(file));
	const pid = Number(fs.readFileSync(file, "utf8"));
	fs.rmSync(file);
	return pid;
}

const isRunning = (pid: number) => fs.existsSync(`/proc/${pid}`);
const onLinux = { skip: process.platform !== "linux" && "needs setsid" };

test(
	"a signal to the whole process group, as of timeout or a closed terminal, ends npm start and its kernel",
	onLinux,
	async (t) => {
		const clone = makeClone(t);
		writeWaiting(clone);
		for (const [signal, expected] of [
			["SIGTERM", 143],
			["SIGHUP", 129],
		] as const) {
			const running = startGroup(clone, "scripts/start.mjs");
			const kernel = await kernelOf(clone);
			const group = -(running.process.pid ?? 0);
			process.kill(group, signal);
			// npm passes on what its group got.
			process.kill(group, signal);
			const { code, output } = await running.ended;
			assert.equal(code, expected, output);
			assert.match(output, /\nInterrupted\. Run the same command/);
			assert.ok(!isRunning(kernel), "the kernel is still running");
		}
	},
);

test(
	"the kernel ends when npm start, or Jupyter under it, is killed",
	onLinux,
	async (t) => {
		const clone = makeClone(t);
		writeWaiting(clone);
		const running = startGroup(clone, "scripts/start.mjs");
		const kernel = await kernelOf(clone);
		running.process.kill("SIGKILL");
		while (isRunning(kernel)) await sleep(100);

		const next = startGroup(clone, "scripts/start.mjs");
		const nextKernel = await kernelOf(clone);
		const stat = fs.readFileSync(`/proc/${nextKernel}/stat`, "utf8");
		const nbconvert = Number(stat.slice(stat.lastIndexOf(")")).split(" ")[2]);
		process.kill(nbconvert, "SIGKILL");
		while (isRunning(nextKernel)) await sleep(100);
		const { code, output } = await next.ended;
		assert.equal(code, 1, output);
		assert.match(output, /was not executed to the end; earlier results/);
	},
);

test(
	"npm run lab starts as any user, root too, and ends on a signal to the whole group",
	onLinux,
	async (t) => {
		const clone = makeClone(t);
		writeWaiting(clone);
		for (const signal of ["SIGTERM", "SIGHUP"] as const) {
			const running = startGroup(clone, "scripts/lab.mjs", "--no-browser");
			await running.printed(/http:\/\/(localhost|127\.0\.0\.1):\d+\/\S*token=/);
			process.kill(-(running.process.pid ?? 0), signal);
			const { output } = await running.ended;
			assert.doesNotMatch(output, /root is not recommended|Traceback/);
		}
	},
);

test("a test file that calls process.exit(0) fails", async (t) => {
	const folder = makeFolder(t);
	const clone = makeClone(t);
	const runFile = async (body: string) => {
		const file = path.join(folder, "exit.test.mjs");
		fs.writeFileSync(
			file,
			`import { test } from "node:test"; test("one", async () => { await new Promise(setImmediate); ${body} });`,
		);
		// With that variable node's test runner runs no files.
		return await clone.start("env", [
			...["-u", "NODE_TEST_CONTEXT", process.execPath],
			...["--import", path.join(root, "scripts", "fail_early_exit.mjs")],
			...["--test", file],
		]).ended;
	};
	const { code, output } = await runFile("process.exit(0);");
	assert.equal(code, 1, output);
	assert.match(output, /process\.exit\(0\) was called before all tests/);
	assert.equal((await runFile("")).code, 0);
});
