import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { until } from "../support/until";
import type { Clone } from "./clone";
import { makeClone } from "./make_clone";

const lock = `import { withLock } from "./packages/tfjs-on-wheel/lock.mjs";
import { project } from "./scripts/setup/project.mjs";`;
/** Work that ends once a test writes to the named pipe `release`. */
const wait = 'await fs.promises.readFile("release");';
const makePipe = (clone: Clone) =>
	execFileSync("mkfifo", [clone.path("release")]);
const release = (clone: Clone) =>
	fs.promises.writeFile(clone.path("release"), "");

/** Starts a process that appends "in" and "out" to a log while it holds the lock. */
function start(clone: Clone, work = "") {
	return clone.start(process.execPath, [
		"--input-type=module",
		"--eval",
		`import * as fs from "node:fs";
${lock}
await withLock(project.lock, async () => {
	fs.appendFileSync("log", "in\\n");
	console.log("locked", process.pid);
	${work}
	fs.appendFileSync("log", "out\\n");
});`,
	]);
}

const readLog = (clone: Clone) =>
	fs.readFileSync(clone.path("log"), "utf8").trim().split("\n");

test("of several set-ups at once one works and the others wait and say for which", async (t) => {
	const clone = makeClone(t);
	makePipe(clone);
	const all = Array.from({ length: 4 }, () => start(clone, wait));
	await Promise.all(all.map(({ printed }) => printed(/locked|Waiting/)));
	for (let ended = 1; ended <= all.length; ended++) {
		await release(clone);
		await until(
			clone.root,
			() => readLog(clone).filter((line) => line === "out").length === ended,
		);
	}
	const ends = await Promise.all(all.map(({ ended }) => ended));
	for (const { code, output } of ends) assert.equal(code, 0, output);
	assert.deepEqual(
		readLog(clone),
		Array.from({ length: 4 }, () => ["in", "out"]).flat(),
	);
	assert.match(
		ends.map(({ output }) => output).join(""),
		/^Waiting for another set-up \(process \d+\) …$/m,
	);
	assert.deepEqual(fs.readdirSync(clone.path("build", "lock")), []);
});

test("what a killed set-up leaves behind does not stop the next one", async (t) => {
	const clone = makeClone(t);
	makePipe(clone);
	const killed = start(clone, wait);
	await killed.printed(/locked/);
	killed.process.kill("SIGKILL");
	await killed.ended;
	assert.equal(fs.readdirSync(clone.path("build", "lock")).length, 1);

	const { code, output } = await start(clone).ended;
	assert.equal(code, 0);
	assert.doesNotMatch(output, /Waiting/);
	assert.deepEqual(fs.readdirSync(clone.path("build", "lock")), []);
});

test("a ticket counts for nothing once its process number belongs to another process", async (t) => {
	const clone = makeClone(t);
	const folder = clone.path("build", "lock");
	fs.mkdirSync(folder, { recursive: true });
	// This test's own process lives, but began at another time than 1 tick after the machine's start.
	fs.writeFileSync(path.join(folder, `${process.pid}.1.set-up`), os.hostname());
	const { output } = await start(clone).ended;
	assert.doesNotMatch(output, /Waiting/);
});

test("a set-up waits for the command that outlives a killed one", async (t) => {
	const clone = makeClone(t);
	makePipe(clone);
	const killed = start(
		clone,
		`const { run } = await import("./packages/tfjs-on-wheel/run.mjs");
		await run("sh", ["-c", "echo begun; cat release; echo ended >> log"], { onLine: console.log });`,
	);
	await killed.printed(/begun/);
	killed.process.kill("SIGKILL");
	const next = start(clone);
	await next.printed(
		/^Waiting for sh \(process \d+\) of an interrupted set-up/,
	);
	await release(clone);
	await next.ended;
	assert.deepEqual(readLog(clone), ["in", "ended", "in", "out"]);
});

for (const signal of ["SIGINT", "SIGTERM"] as const)
	test(`${signal} ends the commands that the set-up runs, then the set-up, with a word`, async (t) => {
		const clone = makeClone(t);
		// Interrupted, the command leaves a word; killed, as after five seconds of patience, it could not.
		const command = `
			process.on("SIGINT", () => {
				require("node:fs").writeFileSync("last", "interrupted");
				process.exit();
			});
			setInterval(() => {}, 1000);
			console.log("begun", process.pid);`;
		const running = start(
			clone,
			`const { run } = await import("./packages/tfjs-on-wheel/run.mjs");
			await run(process.execPath, ["-e", ${JSON.stringify(command)}], { onLine: console.log });`,
		);
		const [, pid] = await running.printed(/begun (\d+)\n/);
		const tickets = clone.path("build", "lock");
		assert.ok(
			fs.readdirSync(tickets).some((name) => name.startsWith(`${pid}.`)),
		);
		running.process.kill(signal);
		const { code, output } = await running.ended;
		assert.equal(code, signal === "SIGINT" ? 130 : 143);
		assert.match(
			output,
			/\nInterrupted\. Run the same command to continue\.\n$/,
		);
		assert.equal(fs.readFileSync(clone.path("last"), "utf8"), "interrupted");
		assert.throws(() => process.kill(Number(pid), 0), { code: "ESRCH" });
		assert.deepEqual(fs.readdirSync(tickets), []);
	});
