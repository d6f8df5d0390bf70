import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import {
	type DownloadOptions,
	type DownloadProgress,
	download,
} from "../../lib/dist/download/download";
import { refuse, send, serve } from "../support/server";
import {
	assertOnlyTheFile,
	checked,
	damaged,
	makeFolder,
	photos,
	rejectsWith,
	sha256,
	size,
} from "./photos";

// Of faults of the network there are more tests in faults.test.ts, which npm run test:rest runs.

test("a file arrives whole, and nothing else is left beside it", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(t, send(photos, { etag: '"1"' }));
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
	assert.equal(server.bytes(), size);
});

test("a file that is there already is not fetched again", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(t, send(photos));
	await download(server.url, file, checked);
	await download(server.url, file, checked);
	assert.equal(server.requests.length, 1);
});

test("a file of another size that is there already is reported and left alone", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(t, send(photos));
	fs.writeFileSync(file, "mine");
	await assert.rejects(
		download(server.url, file, checked),
		rejectsWith("has 4 bytes instead of 200000", "Delete it"),
	);
	assert.equal(fs.readFileSync(file, "utf8"), "mine");
});

test("missing folders are made", async (t) => {
	const { folder } = makeFolder(t);
	const file = path.join(folder, "data", "weights", "photos.zip");
	const server = await serve(t, send(photos));
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
});

test("a connection that drops several times costs no byte twice", async (t) => {
	const { file } = makeFolder(t);
	const drop = send(photos, { etag: '"1"', dropAfter: 20_000 });
	const drops = Array.from({ length: 8 }, () => drop);
	const server = await serve(t, drop, ...drops, send(photos, { etag: '"1"' }));
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
	assert.equal(server.bytes(), size);
	assert.equal(server.requests.length, 10);
	assert.equal(server.requests[9]?.headers.range, "bytes=180000-");
	assert.equal(server.requests[9]?.headers["if-range"], '"1"');
});

test("a body without an announced length is checked like any other", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(t, send(photos, { announce: false }));
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
});

test("one wrong byte is noticed, and nothing of it is kept", async (t) => {
	const { file, folder } = makeFolder(t);
	const server = await serve(
		t,
		send(damaged, { etag: '"1"' }),
		send(photos, { etag: '"1"' }),
	);
	await assert.rejects(
		download(server.url, file, checked),
		rejectsWith("SHA-256", sha256, "run this again"),
	);
	assert.deepEqual(fs.readdirSync(folder), []);
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
});

test("two downloads within a process download once, and both tell their progress", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(
		t,
		send(photos, { etag: '"1"', stallAfter: 100_000 }),
		send(photos, { etag: '"1"' }),
	);
	const seen: number[][] = [[], []];
	await Promise.all(
		seen.map((received) =>
			download(server.url, file, {
				...checked,
				onProgress: (progress) => received.push(progress.received),
			}),
		),
	);
	assertOnlyTheFile(file);
	assert.equal(server.bytes(), size);
	for (const received of seen) assert.ok(received.includes(100_000));
});

test("redirects are followed, ranges included", async (t) => {
	const { file } = makeFolder(t);
	const target = await serve(
		t,
		send(photos, { etag: '"1"', dropAfter: 90_000 }),
		send(photos, { etag: '"1"' }),
	);
	const server = await serve(t, refuse(302, { location: target.url }));
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
	assert.equal(target.bytes(), size);
});

test("progress grows to the whole, with rate and time left", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(
		t,
		send(photos, { etag: '"1"', dropAfter: 90_000 }),
		send(photos, { etag: '"1"' }),
	);
	const seen: DownloadProgress[] = [];
	const options: DownloadOptions = {
		...checked,
		onProgress: (progress) => seen.push(progress),
	};
	await download(server.url, file, options);
	const received = seen.map((progress) => progress.received);
	assert.deepEqual(
		received,
		[...received].sort((a, b) => a - b),
	);
	assert.ok(seen.every(({ total }) => total === size));
	assert.deepEqual([received[0], received.at(-1)], [0, size]);
	assert.equal(seen[0]?.bytesPerSecond, 0);
	assert.equal(seen[0]?.secondsLeft, undefined);
	const last = seen.at(-1);
	assert.ok(last && last.bytesPerSecond > 0 && last.secondsLeft === 0);
});
