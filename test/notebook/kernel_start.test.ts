import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";

test("tslab's kernel answers a message that arrives while it binds its sockets once they are bound", async () => {
	const { ZmqServer } = require("tslab/dist/jupyter");
	const answered: unknown[] = [];
	let bind = () => {};
	Object.assign(ZmqServer.prototype, {
		init: () =>
			new Promise<void>((resolve) => {
				bind = resolve;
			}),
		handleShellMessage: async (message: unknown) => {
			answered.push(message);
		},
	});
	require("../../lib/dist/notebook/kernel_start");
	const server = Object.create(ZmqServer.prototype);
	const starting = server.init();
	const handled = server.handleShellMessage("kernel_info_request");
	await setImmediate();
	assert.deepEqual(answered, []);
	bind();
	await Promise.all([starting, handled]);
	assert.deepEqual(answered, ["kernel_info_request"]);
});
