import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { beforeEach } from "node:test";
import { TransferLearningError } from "transfer-learning";
import type { TestContext } from "../support/server";

/** What the servers of the tests send. */
export const photos = Buffer.from(
	Uint32Array.from({ length: 50_000 }, (_, i) => Math.imul(i, 2654435761))
		.buffer,
);
export const size = photos.length;
export const sha256 = createHash("sha256").update(photos).digest("hex");
/** The same but for one byte. */
export const damaged = Buffer.from(photos);
damaged[size >> 1] = ~(damaged[size >> 1] ?? 0);

// Short for testing efficiency.
export const timing = {
	stallTimeout: 200,
	firstWait: 4,
	longestWait: 20,
	longestRetryAfter: 200,
	progressInterval: 0,
	poll: 10,
};
export const checked = { size, sha256, timing };

beforeEach(() => {
	for (const name of Object.keys(process.env)) {
		if (/^(https?|all|no)_proxy$/i.test(name)) delete process.env[name];
	}
});

export function makeFolder(t: TestContext): { folder: string; file: string } {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), "download-"));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	return { folder, file: path.join(folder, "photos.zip") };
}

export function assertOnlyTheFile(file: string): void {
	assert.deepEqual(fs.readdirSync(path.dirname(file)), [path.basename(file)]);
	assert.ok(fs.readFileSync(file).equals(photos));
}

export function rejectsWith(...parts: (string | RegExp)[]) {
	return (error: unknown) => {
		assert.ok(error instanceof TransferLearningError, String(error));
		for (const part of parts) {
			assert.match(error.message, new RegExp(part));
		}
		return true;
	};
}
