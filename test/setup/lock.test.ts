import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import type { Clone } from "./clone";
import { makeClone } from "./make_clone";

const lock = 'import { withLock } from "./scripts/setup/lock.mjs";';
const sleep = (seconds: number) =>
	`await new Promise((resolve) => setTimeout(resolve, ${seconds * 1000}));`;

/** Starts a process that appends "in" and "out" to a log while it holds the lock. */
function start(clone: Clone, seconds: number, work = sleep(seconds)) {
	return clone.start(process.execPath, [
		"--input-type=module",
		"--eval",
		`import * as fs from "node:fs";
${lock}
await withLock(async () => {
	fs.appendFileSync("log", "in\\n");
	console.log("locked", process.pid);
	${work}
	fs.appendFileSync("log", "out\\n");
});`,
	]);
}

const readLog = (clone: Clone) =>
	fs.readFileSync(clone.path("log"), "utf8").trim().split("\n");

test("of several set-ups at once one works and the others wait and say for whom", async (t) => {
	const clone = makeClone(t);
	const all = Array.from({ length: 4 }, () => start(clone, 0.3));
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

test("what a killed set-up leaves behind stops nobody", async (t) => {
	const clone = makeClone(t);
	const killed = start(clone, 60);
	await killed.printed(/locked/);
	killed.process.kill("SIGKILL");
	await killed.ended;
	assert.equal(fs.readdirSync(clone.path("build", "lock")).length, 1);

	const { code, output } = await start(clone, 0).ended;
	assert.equal(code, 0);
	assert.doesNotMatch(output, /Waiting/);
	assert.deepEqual(fs.readdirSync(clone.path("build", "lock")), []);
});

test("a ticket counts for nothing once its process number belongs to another process", async (t) => {
	const clone = makeClone(t);
	const folder = clone.path("build", "lock");
	fs.mkdirSync(folder, { recursive: true });
	// This test's own process lives, but began at another time than 1 tick after the machine's start.
	fs.writeFileSync(path.join(folder, `${process.pid}.1.set-up`), "");
	const { output } = await start(clone, 0).ended;
	assert.doesNotMatch(output, /Waiting/);
});

test("a set-up waits for the command that outlives a killed one", async (t) => {
	const clone = makeClone(t);
	const killed = start(
		clone,
		0,
		`const { run } = await import("./scripts/setup/run.mjs");
		await run("sh", ["-c", "echo begun; sleep 2; echo ended >> log"], { onLine: console.log });`,
	);
	await killed.printed(/begun/);
	killed.process.kill("SIGKILL");
	const next = start(clone, 0);
	await next.printed(
		/^Waiting for sh \(process \d+\) of an interrupted set-up/,
	);
	await next.ended;
	assert.deepEqual(readLog(clone), ["in", "ended", "in", "out"]);
});

for (const signal of ["SIGINT", "SIGTERM"] as const)
	test(`${signal} ends the commands that the set-up runs, then the set-up, with a word`, async (t) => {
		const clone = makeClone(t);
		const running = start(
			clone,
			0,
			`const { run } = await import("./scripts/setup/run.mjs");
			await run("sleep", ["60"]);`,
		);
		await running.printed(/locked/);
		const tickets = clone.path("build", "lock");
		while (!fs.readdirSync(tickets).some((name) => name.endsWith(".sleep")))
			await new Promise((resolve) => setTimeout(resolve, 10));
		const [pid] =
			fs
				.readdirSync(tickets)
				.find((name) => name.endsWith(".sleep"))
				?.split(".") ?? [];
		running.process.kill(signal);
		const { code, output, took } = await running.ended;
		assert.equal(code, signal === "SIGINT" ? 130 : 143);
		assert.match(
			output,
			/\nInterrupted\. The same command takes it up again\.\n$/,
		);
		assert.ok(took < 5);
		assert.throws(() => process.kill(Number(pid), 0), { code: "ESRCH" });
		assert.deepEqual(fs.readdirSync(tickets), []);
	});
