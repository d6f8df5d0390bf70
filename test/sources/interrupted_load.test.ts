import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import { drawArchive, isDrawn } from "drawn-pets";
import sharp from "sharp";
import { load, TransferLearningError } from "transfer-learning";
import { officialArchive } from "../../lib/dist/sources/official";
import { sampleArchive } from "../support/sample";
import { send, serve, type TestContext } from "../support/server";
import { until } from "../support/until";
import { writeZip } from "../support/zip";

const temp = fs.mkdtempSync(path.join(os.tmpdir(), "interrupted-"));
after(() => fs.rmSync(temp, { recursive: true }));

const isInterrupted = (reason: unknown) => (error: Error) => {
	assert.ok(error instanceof TransferLearningError, String(error.stack));
	assert.match(
		error.message,
		/^load was interrupted\. Run the cell again: a download resumes where it stopped\.$/,
	);
	assert.equal(error.cause, reason);
	return true;
};

/** Aborts when a file whose name ends so is opened or read for the `count`th time. */
function abortAt(t: TestContext, ending: string, count: number) {
	const controller = new AbortController();
	const reason = new Error("enough");
	let seen = 0;
	const see = (file: unknown) => {
		if (String(file).endsWith(ending) && ++seen === count) {
			controller.abort(reason);
		}
	};
	const { open, readFile } = fs.promises;
	t.mock.method(fs.promises, "open", (...args: Parameters<typeof open>) => {
		see(args[0]);
		return open(...args);
	});
	t.mock.method(
		fs.promises,
		"readFile",
		(...args: Parameters<typeof readFile>) => {
			see(args[0]);
			return readFile(...args);
		},
	);
	return { signal: controller.signal, reason, seen: () => seen };
}

test("an aborted signal ends the download, which goes on from there the next time", async (t) => {
	const bytes = fs.readFileSync(sampleArchive);
	const folder = path.join(temp, "download");
	fs.mkdirSync(folder);
	const file = path.join(folder, "photos.zip");
	const half = bytes.length >> 1;
	const { url, requests } = await serve(
		t,
		send(bytes, { stallAfter: half, etag: '"1"' }),
		send(bytes, { etag: '"1"' }),
	);
	const named = process.env.CATS_VS_DOGS;
	delete process.env.CATS_VS_DOGS;
	const official = { ...officialArchive };
	t.after(() => {
		if (named !== undefined) process.env.CATS_VS_DOGS = named;
		Object.assign(officialArchive, official);
	});
	const sha256 = createHash("sha256").update(bytes).digest("hex");
	Object.assign(officialArchive, { url, file, sha256, size: bytes.length });

	const controller = new AbortController();
	const reason = new Error("enough");
	const { signal } = controller;
	const loading = load("cats_vs_dogs", { signal });
	const interrupted = assert.rejects(loading, isInterrupted(reason));
	const part = `${file}.part`;
	await until(
		folder,
		() => (fs.statSync(part, { throwIfNoEntry: false })?.size ?? 0) >= half,
	);
	controller.abort(reason);
	await interrupted;
	assert.ok(fs.statSync(part).size >= half);
	assert.ok(!fs.existsSync(`${file}.lock`));

	// Of the official size now, the sample passes for a full archive, and is refused once it was looked through; drawings are not.
	const again = load("cats_vs_dogs");
	if (isDrawn(sampleArchive)) await again;
	else await assert.rejects(again, /damaged images out of/);
	assert.equal(requests.length, 2);
	assert.match(requests[1]?.headers.range ?? "", /^bytes=\d{2,}-$/);
	assert.ok(fs.readFileSync(file).equals(bytes));
});

test("a signal that is aborted already ends load before it begins", async () => {
	const reason = new Error("enough");
	const signal = AbortSignal.abort(reason);
	for (const [name, archive] of [
		["cats_vs_dogs", sampleArchive],
		[temp, undefined],
	] as const) {
		await assert.rejects(
			load(name, { signal, ...(archive && { archive }) }),
			isInterrupted(reason),
		);
	}
});

test("an aborted signal ends the look through an archive, and nothing half-done is remembered", async (t) => {
	const archive = path.join(temp, "large.zip");
	const content = Buffer.from("\xff\xd8\xff\xe0\x00\x10JFIF", "latin1");
	const members = Array.from({ length: 10_000 }, (_, i) => ({
		name: `PetImages/${i % 2 ? "Dog" : "Cat"}/${i}.jpg`,
		content,
		method: 0,
	}));
	fs.writeFileSync(archive, writeZip(members));
	// Once for the directory, then for the members.
	const { signal, reason } = abortAt(t, "large.zip", 2);
	await assert.rejects(
		load("cats_vs_dogs", { archive, signal }),
		isInterrupted(reason),
	);
	assert.ok(!fs.existsSync(`${archive}.scan.json`));
});

test("an aborted signal ends the check of a folder; what was checked is not checked again", async (t) => {
	const folder = path.join(temp, "folder", "photos");
	const count = 100;
	const jpeg = await sharp({
		create: { width: 20, height: 10, channels: 3, background: "#20c040" },
	})
		.jpeg()
		.toBuffer();
	for (let i = 0; i < count; i++) {
		const file = path.join(folder, i % 2 ? "dog" : "cat", `${i}.jpg`);
		fs.mkdirSync(path.dirname(file), { recursive: true });
		fs.writeFileSync(file, jpeg);
	}
	const { signal, reason, seen } = abortAt(t, ".jpg", 40);
	await assert.rejects(load(folder, { signal }), isInterrupted(reason));
	const before = seen();
	assert.ok(before < 50, `${before} photos were read`);
	const { train } = await load(folder);
	assert.equal(train.size, count);
	assert.equal(seen(), count);
});

test("an aborted signal ends the drawing of drawings, and no archive is left", async () => {
	const controller = new AbortController();
	const reason = new Error("enough");
	const file = path.join(temp, "drawn", "drawn.zip");
	const onProgress = () => controller.abort(reason);
	await assert.rejects(
		drawArchive(file, {
			count: 100_000,
			onProgress,
			signal: controller.signal,
		}),
		(error) => error === reason,
	);
	assert.ok(!fs.existsSync(path.dirname(file)));
});
