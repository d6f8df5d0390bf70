import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, before, test } from "node:test";
import sharp from "sharp";
import {
	countLabels,
	imageGrid,
	load,
	preprocess,
	TransferLearningError,
} from "transfer-learning";
import { tf } from "../../lib/dist/tf";
import { capture } from "../support/capture";
import type { TestContext } from "../support/server";

const temp = fs.mkdtempSync(path.join(os.tmpdir(), "folder-check-"));
after(() => fs.rmSync(temp, { recursive: true }));

let jpeg: Buffer;
before(async () => {
	// Noise, so that half of the bytes are not nearly all of the image.
	const pixels = Buffer.from(
		Array.from({ length: 64 * 48 * 3 }, (_, i) => (i * i * 37) % 251),
	);
	jpeg = await sharp(pixels, { raw: { width: 64, height: 48, channels: 3 } })
		.jpeg()
		.toBuffer();
});

/** A folder of intact JPEGs, and beside it nothing. */
function makeFolder(name: string, files: readonly string[]): string {
	const folder = path.join(temp, name, "photos");
	for (const file of files) {
		fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
		fs.writeFileSync(path.join(folder, file), jpeg);
	}
	return folder;
}

const pets = ["cat/1.jpg", "cat/2.jpg", "dog/1.jpg", "dog/2.jpg"];
const skips = (lines: readonly string[]) =>
	lines.filter((line) => line.startsWith("Skipped"));
const idsOf = ({ train }: Awaited<ReturnType<typeof load>>) =>
	train
		.examples()
		.map(({ id }) => id)
		.sort();

/** Counts the files that are read whole while a test runs. */
function countReads(t: TestContext): () => number {
	const { mock } = t.mock.method(fs.promises, "readFile");
	return () =>
		mock.calls.filter(({ arguments: [file] }) => /\.jpg$/.test(String(file)))
			.length;
}

const systemError = (code: string) =>
	Object.assign(new Error(`${code}: no luck, open`), {
		code,
		errno: -1,
		syscall: "open",
	});

test("a damaged photo is skipped with a line, counted, and comes into neither a batch nor a grid", async (t) => {
	const folder = makeFolder("damaged", pets);
	const half = jpeg.subarray(0, jpeg.length / 2);
	fs.writeFileSync(path.join(folder, "cat", "cut.jpg"), half);
	const tensors = tf.memory().numTensors;
	const { result, lines } = await capture(t, () => load(folder));
	assert.equal(tf.memory().numTensors, tensors);
	assert.deepEqual(idsOf(result), pets);
	assert.equal(result.info.skipped, 1);
	assert.equal(result.info.splits.train?.numExamples, 4);
	assert.equal(skips(lines).length, 1);
	assert.match(
		skips(lines)[0] ?? "",
		/^Skipped: cat\/cut\.jpg cannot be read: it is cut short, damaged/,
	);
	const batches = result.train.map(preprocess).batch(4);
	for await (const { xs, ys } of batches) tf.dispose([xs, ys]);
	assert.ok((await imageGrid(result.train)).bytes.length > 0);
});

test("a second load of an unchanged folder reads no photo, and knows what is damaged", async (t) => {
	const folder = makeFolder("twice", pets);
	fs.writeFileSync(path.join(folder, "dog", "bad.jpg"), "a text");
	const reads = countReads(t);
	const first = await capture(t, () => load(folder));
	assert.equal(reads(), 5);
	const second = await capture(t, () => load(folder));
	assert.equal(reads(), 5, "photos were read again");
	assert.deepEqual(second.lines, first.lines);
	assert.equal(skips(second.lines).length, 1);
	assert.deepEqual(fs.readdirSync(path.dirname(folder)).sort(), [
		"photos",
		"photos.scan.json",
	]);
});

test("only photos that changed are looked at again, and those that are gone are forgotten", async (t) => {
	const folder = makeFolder("changed", pets);
	fs.writeFileSync(path.join(folder, "dog", "bad.jpg"), "a text");
	await load(folder);
	const reads = countReads(t);
	fs.writeFileSync(path.join(folder, "dog", "bad.jpg"), jpeg);
	fs.writeFileSync(path.join(folder, "cat", "2.jpg"), "a text");
	fs.rmSync(path.join(folder, "dog", "1.jpg"));
	const { result } = await capture(t, () => load(folder));
	assert.equal(reads(), 2);
	assert.deepEqual(idsOf(result), ["cat/1.jpg", "dog/2.jpg", "dog/bad.jpg"]);
	const { scan } = JSON.parse(fs.readFileSync(`${folder}.scan.json`, "utf8"));
	assert.deepEqual(Object.keys(scan).sort(), [
		"cat/1.jpg",
		"cat/2.jpg",
		"dog/2.jpg",
		"dog/bad.jpg",
	]);
});

test("a damaged memory, and one of another version, count for nothing; a file that is something else is left alone", async () => {
	const folder = makeFolder("memory", pets);
	const memory = `${folder}.scan.json`;
	await load(folder);
	const right = fs.readFileSync(memory, "utf8");
	const { key, scan } = JSON.parse(right);
	const lie = Object.fromEntries(
		Object.entries(scan).map(([id, checked]) => [
			id,
			{ ...(checked as object), reason: "so I say" },
		]),
	);
	fs.writeFileSync(memory, JSON.stringify({ key, scan: lie }));
	await assert.rejects(load(folder), /has no images/, "it is not believed");
	for (const text of [
		JSON.stringify({ key: { version: 0 }, scan: lie }),
		JSON.stringify({ key, scan: { "cat/1.jpg": "bad", "cat/2.jpg": null } }),
	]) {
		fs.writeFileSync(memory, text);
		assert.deepEqual(idsOf(await load(folder)), pets);
		assert.equal(fs.readFileSync(memory, "utf8").length, right.length);
	}
	for (const text of ["my notes", "{}", "", '{"key": 1}']) {
		fs.writeFileSync(memory, text);
		assert.deepEqual(idsOf(await load(folder)), pets);
		assert.equal(fs.readFileSync(memory, "utf8"), text);
	}
});

test("where nothing can be written, a folder is checked each time", async (t) => {
	const folder = makeFolder("unwritable", pets);
	// A folder in the file's place stands for one without permission, which root would have anyway.
	fs.mkdirSync(`${folder}.scan.json`);
	const reads = countReads(t);
	for (const expected of [4, 8]) {
		assert.deepEqual(idsOf(await load(folder)), pets);
		assert.equal(reads(), expected);
	}
	assert.deepEqual(fs.readdirSync(path.dirname(folder)).sort(), [
		"photos",
		"photos.scan.json",
	]);
});

for (const code of ["EIO", "EMFILE", "ENFILE", "ENOMEM", "EBUSY", "EAGAIN"]) {
	test(`${code} while a folder is checked fails the load and is not remembered`, async (t) => {
		const folder = makeFolder(code, pets);
		const { readFile } = fs.promises;
		const mock = t.mock.method(
			fs.promises,
			"readFile",
			(...args: Parameters<typeof readFile>) =>
				String(args[0]).endsWith("dog/1.jpg")
					? Promise.reject(systemError(code))
					: readFile(...args),
		);
		await assert.rejects(load(folder), (error: Error) => {
			assert.ok(error instanceof TransferLearningError, String(error));
			assert.match(
				error.message,
				new RegExp(`dog/1\\.jpg could not be read \\(${code}.*run this again`),
			);
			return true;
		});
		mock.mock.restore();
		const { result, lines } = await capture(t, () => load(folder));
		assert.deepEqual(idsOf(result), pets);
		assert.deepEqual(skips(lines), []);
	});
}

test("a photo whose permissions are missing is skipped for now, and not remembered", async (t) => {
	const folder = makeFolder("permissions", pets);
	const { readFile } = fs.promises;
	const mock = t.mock.method(
		fs.promises,
		"readFile",
		(...args: Parameters<typeof readFile>) =>
			String(args[0]).endsWith("dog/1.jpg")
				? Promise.reject(systemError("EACCES"))
				: readFile(...args),
	);
	const first = await capture(t, () => load(folder));
	assert.deepEqual(skips(first.lines), [
		"Skipped: dog/1.jpg cannot be read: its permissions do not allow it.",
	]);
	mock.mock.restore();
	const second = await capture(t, () => load(folder));
	assert.deepEqual(idsOf(second.result), pets);
});

test("links to folders and to files are followed; one that leads nowhere is skipped with a line", async (t) => {
	const folder = makeFolder("links", ["cat/1.jpg", "cat/2.jpg"]);
	const elsewhere = makeFolder("links elsewhere", ["hounds/1.jpg", "x/3.jpg"]);
	fs.symlinkSync(path.join(elsewhere, "hounds"), path.join(folder, "dog"));
	fs.symlinkSync(
		path.join(elsewhere, "x", "3.jpg"),
		path.join(folder, "cat", "3.jpg"),
	);
	fs.symlinkSync("nowhere.jpg", path.join(folder, "cat", "4.jpg"));
	fs.symlinkSync("self.jpg", path.join(folder, "cat", "self.jpg"));
	fs.symlinkSync("/nowhere", path.join(folder, "bird"));
	const { result, lines } = await capture(t, () => load(folder));
	assert.deepEqual(result.info.classNames, ["cat", "dog"]);
	assert.deepEqual(idsOf(result), [
		"cat/1.jpg",
		"cat/2.jpg",
		"cat/3.jpg",
		"dog/1.jpg",
	]);
	assert.equal(result.info.skipped, 3);
	assert.deepEqual(skips(lines), [
		"Skipped: bird is a link to something that does not exist.",
		"Skipped: cat/4.jpg is a link to something that does not exist.",
		"Skipped: cat/self.jpg is a link to something that does not exist.",
	]);
	for await (const { image } of result.train.map(preprocess)) {
		assert.deepEqual(image.shape, [128, 128, 3]);
	}
});

test("names with line breaks, control characters and emoji work, and are printed in one line", async (t) => {
	const odd = ["a\nb/1\n2.jpg", "a\nb/\u0007.jpg", "🐱 🐈‍⬛/猫\u2028.jpg"];
	const folder = makeFolder("names", odd);
	fs.writeFileSync(path.join(folder, "a\nb", "bad\r\n\x1b[2J.jpg"), "a text");
	const { result, lines } = await capture(t, () => load(folder));
	assert.deepEqual(idsOf(result), [...odd].sort());
	assert.deepEqual(countLabels(result.train), { "a\nb": 2, "🐱 🐈‍⬛": 1 });
	assert.deepEqual(skips(lines), [
		"Skipped: a\\nb/bad\\r\\n\\u{1b}[2J.jpg cannot be read: it is not a JPEG, PNG, GIF, BMP, WebP, AVIF or TIFF image.",
	]);
	assert.doesNotMatch(lines.join(""), /\p{Cc}/u);
	assert.match(String(result.info), /Images of a\\nb, 🐱 🐈‍⬛ from/);
	for await (const { image } of result.train.map(preprocess)) {
		assert.deepEqual(image.shape, [128, 128, 3]);
	}
	fs.rmSync(path.join(folder, "a\nb", "1\n2.jpg"));
	const gone = result.train.examples().find(({ id }) => id === odd[0]);
	await assert.rejects(gone?.read() ?? Promise.resolve(), (error: Error) =>
		error.message.startsWith("a\\nb/1\\n2.jpg cannot be read: "),
	);
});

test("a name that is not valid UTF-8 is skipped with a line that says so", async (t) => {
	const folder = makeFolder("bytes", pets);
	const name = Buffer.concat([
		Buffer.from(path.join(folder, "cat", "caf")),
		Buffer.from([0xe9]),
		Buffer.from(".jpg"),
	]);
	fs.writeFileSync(name, jpeg);
	const { result, lines } = await capture(t, () => load(folder));
	assert.deepEqual(idsOf(result), pets);
	assert.equal(result.info.skipped, 1);
	assert.match(skips(lines).join("\n"), /cat\/caf.*name is not valid UTF-8/);
});

test("what is passed over on purpose is counted in a line, and nothing is said of nothing", async (t) => {
	const folder = makeFolder("passed over", pets);
	const quiet = await capture(t, () => load(folder));
	assert.equal(quiet.lines.length, 1);
	fs.writeFileSync(path.join(folder, "cat", ".DS_Store"), "");
	const once = await capture(t, () => load(folder));
	assert.match(once.lines.join("\n"), /^Ignored: 1 file or folder /m);
	fs.writeFileSync(path.join(folder, "labels.csv"), "");
	fs.mkdirSync(path.join(folder, "dog", "puppies.jpg"));
	const many = await capture(t, () => load(folder));
	assert.match(many.lines.join("\n"), /^Ignored: 3 files and folders /m);
	assert.deepEqual(idsOf(many.result), pets);
});
