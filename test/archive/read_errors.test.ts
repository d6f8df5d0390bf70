import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import { load, TransferLearningError } from "transfer-learning";
import type { TestContext } from "../support/server";
import { writeZip } from "../support/zip";

const temp = fs.mkdtempSync(path.join(os.tmpdir(), "read-errors-"));
after(() => fs.rmSync(temp, { recursive: true }));

const jpeg = Buffer.from("\xff\xd8\xff\xe0\x00\x10JFIF and so on", "latin1");

/** An archive whose scan is remembered, with one image that its own bytes show to be damaged. */
function makeArchive(name: string): string {
	const file = path.join(temp, name);
	const members = Array.from({ length: 10_000 }, (_, i) => ({
		name: `PetImages/${i % 2 ? "Dog" : "Cat"}/${i}.jpg`,
		content: jpeg,
		method: 0,
		...(i === 7 && { local: { crc: 1 } }),
	}));
	fs.writeFileSync(file, writeZip(members));
	return file;
}

const systemError = (code: string) =>
	Object.assign(new Error(`${code}: no luck, read`), {
		code,
		errno: -1,
		syscall: "read",
	});

/** Until the returned function is called, all reads of files after the first hundred fail. */
function failReads(t: TestContext, code: string): () => void {
	const { open } = fs.promises;
	let reads = 0;
	const mock = t.mock.method(
		fs.promises,
		"open",
		async (...args: Parameters<typeof open>) => {
			const handle = await open(...args);
			const read = handle.read.bind(handle) as (
				...args: unknown[]
			) => Promise<unknown>;
			return Object.assign(handle, {
				read: async (...args: unknown[]) => {
					if (++reads > 100) throw systemError(code);
					return read(...args);
				},
			});
		},
	);
	return () => mock.mock.restore();
}

const isTransient =
	(code: string, ...named: string[]) =>
	(error: Error) => {
		assert.ok(error instanceof TransferLearningError, String(error.stack));
		assert.match(error.message, new RegExp(`${code}[\\s\\S]*again`));
		assert.doesNotMatch(error.message, /[Dd]elete/);
		for (const name of named) assert.ok(error.message.includes(name), name);
		return true;
	};

for (const code of ["EIO", "EMFILE", "ENOMEM", "EAGAIN"]) {
	test(`${code} while an archive is looked through fails the load and is not remembered`, async (t) => {
		const archive = makeArchive(`${code}.zip`);
		const restore = failReads(t, code);
		await assert.rejects(
			load("cats_vs_dogs", { archive }),
			isTransient(code, archive),
		);
		restore();
		assert.ok(!fs.existsSync(`${archive}.scan.json`), "it was remembered");
		const { train, info } = await load("cats_vs_dogs", { archive });
		assert.equal(train.size, 9_999);
		assert.equal(info.skipped, 1);
		const { scan } = JSON.parse(
			fs.readFileSync(`${archive}.scan.json`, "utf8"),
		);
		assert.deepEqual(Object.keys(scan.unreadable), ["PetImages/Dog/7.jpg"]);
	});
}

test("an archive whose directory cannot be read just now is not called incomplete", async (t) => {
	const archive = makeArchive("directory.zip");
	t.mock.method(fs.promises, "open", () => Promise.reject(systemError("EIO")));
	await assert.rejects(
		load("cats_vs_dogs", { archive }),
		isTransient("EIO", archive),
	);
});

test("an archive that exists but cannot be looked at is not called missing", async (t) => {
	const archive = makeArchive("stat.zip");
	t.mock.method(fs.promises, "stat", () => Promise.reject(systemError("EIO")));
	await assert.rejects(
		load("cats_vs_dogs", { archive }),
		isTransient("EIO", archive),
	);
});

test("reasons that an earlier version remembered, read errors among them, count no more", async () => {
	const archive = makeArchive("old.zip");
	const { size, mtimeMs } = fs.statSync(archive);
	const unreadable = {
		"PetImages/Cat/0.jpg": "PetImages/Cat/0.jpg cannot be read: EMFILE.",
	};
	fs.writeFileSync(
		`${archive}.scan.json`,
		JSON.stringify({
			key: { size, mtimeMs, images: 10_000 },
			scan: { dropped: [], unreadable },
		}),
	);
	const { train, info } = await load("cats_vs_dogs", { archive });
	assert.equal(train.size, 9_999);
	assert.equal(info.skipped, 1);
	assert.ok(train.examples().some(({ id }) => id === "PetImages/Cat/0.jpg"));
});

test("a file of the remembered scan's name that is not one is left alone", async () => {
	const archive = makeArchive("foreign.zip");
	const mine = '{"title": "a scan of mine"}';
	fs.writeFileSync(`${archive}.scan.json`, mine);
	const { train } = await load("cats_vs_dogs", { archive });
	assert.equal(train.size, 9_999);
	assert.equal(fs.readFileSync(`${archive}.scan.json`, "utf8"), mine);
});

test("archive belongs to cats_vs_dogs: with a folder it is refused, not ignored", async () => {
	for (const name of [temp, "nowhere"]) {
		await assert.rejects(
			load(name, { archive: "photos.zip" }),
			(error: Error) =>
				error instanceof TransferLearningError &&
				/archive/.test(error.message) &&
				error.message.includes('load("cats_vs_dogs"'),
		);
	}
});
