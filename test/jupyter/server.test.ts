import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { createServer } from "../../lib/dist/jupyter/server";
import type { Tslab } from "../../lib/dist/jupyter/tslab_parts";

/** Removes the listeners that a server adds to the process: they would hide errors of the test. */
function restoreListeners(t: TestContext): void {
	const names = ["uncaughtException", "unhandledRejection", "SIGINT"] as const;
	const before = names.map((name) => process.listeners(name as "SIGINT"));
	t.after(() => {
		for (const [i, name] of names.entries()) {
			process.removeAllListeners(name);
			for (const listener of before[i] ?? []) process.on(name, listener);
		}
	});
}

test("a message that arrives while the sockets are bound is answered once they are", async (t) => {
	restoreListeners(t);
	const answered: unknown[] = [];
	let bind = () => {};
	const tslab = {
		createConverter: () => ({}),
		createExecutor: () => ({}),
		createHandler: () => ({ handleKernel: () => ({}) }),
		createServer: () => ({
			init: () =>
				new Promise<void>((resolve) => {
					bind = resolve;
				}),
			handleShellMessage: async (_socket: unknown, message: unknown) => {
				answered.push(message);
			},
			close: () => {},
		}),
	} as unknown as Tslab;
	const server = createServer(tslab, "connection.json");
	const starting = server.init();
	const message = Buffer.from("kernel_info_request");
	const handled = server.handleShellMessage(undefined, message);
	await setImmediate();
	assert.deepEqual(answered, []);
	bind();
	await Promise.all([starting, handled]);
	assert.deepEqual(answered, [message]);
});
