import assert from "node:assert/strict";
import { test } from "node:test";

test("the rows of Keras's expert compare with our ordinary stages", async () => {
	const { summarize } = await import("../../bench/table.mjs");
	const run = (stages: Record<string, number>) => [
		{ stages, memory: 1, versions: {} },
	];
	const { stages } = summarize(
		run({ transfer: 6 }),
		run({ transfer: 48, transfer_expert: 8 }),
	);
	const rows = new Map(
		stages.map(({ name, work, ratio }) => [name, [work, ratio]]),
	);
	assert.deepEqual(rows.get("transfer"), ["less", 0.125]);
	assert.deepEqual(rows.get("transfer_expert"), ["same", 0.75]);
});
