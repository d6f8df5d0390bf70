import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import { load } from "transfer-learning";
import { writeZip, type ZipMember } from "../support/zip";

// Microsoft's 787 MiB cannot be here: an archive of as many members with the same names, a few bytes each. Which of
// them lack the marker is made up.
const temp = fs.mkdtempSync(path.join(os.tmpdir(), "full-archive-"));
after(() => fs.rmSync(temp, { recursive: true }));

const intact = Buffer.from("\xff\xd8\xff\xe0\x00\x10JFIF and so on", "latin1");
const damaged = Buffer.from("\xff\xd8\xff\xe1 and so on", "latin1");

function makeArchive(name: string, dropped: number): string {
	const members: ZipMember[] = [];
	for (const folder of ["Cat", "Dog"]) {
		for (let i = 0; i < 12_500; i++) {
			const content = members.length % 14 || dropped-- <= 0 ? intact : damaged;
			const name = `PetImages/${folder}/${i}.jpg`;
			members.push({ name, content, method: 0 });
		}
	}
	const file = path.join(temp, name);
	fs.writeFileSync(file, writeZip(members));
	return file;
}

test("a full archive has 23,262 examples after 1,738 that are dropped, and says so", async () => {
	const archive = makeArchive("full.zip", 1738);
	const { train, info } = await load("cats_vs_dogs", { archive });
	assert.equal(train.size, 23_262);
	assert.equal(info.dropped, 1738);
	assert.match(String(info), /1738 of 25000 have no JFIF marker/);
	const { train: part } = await load("cats_vs_dogs", {
		archive,
		split: "train[80%:90%]",
	});
	assert.equal(part.size, 2326);
});

test("a full archive that drops another number is refused", async () => {
	const archive = makeArchive("other.zip", 1737);
	await assert.rejects(
		load("cats_vs_dogs", { archive }),
		/1737 damaged images out of 25000, but Microsoft's archive has 1738 out of 25000/,
	);
});

test("a full archive is looked through once; what was found lies beside it, for this very archive", async () => {
	const archive = makeArchive("remembered.zip", 1738);
	const file = `${archive}.scan.json`;
	const first = await load("cats_vs_dogs", { archive });
	const { key, scan } = JSON.parse(fs.readFileSync(file, "utf8"));
	assert.equal(scan.dropped.length, 1738);

	// Whoever believes the file sees another image dropped.
	const [kept] = first.train.examples();
	assert.ok(kept);
	const other = { ...scan, dropped: [...scan.dropped.slice(1), kept.id] };
	fs.writeFileSync(file, JSON.stringify({ key, scan: other }));
	const second = await load("cats_vs_dogs", { archive });
	assert.ok(!second.train.examples().some(({ id }) => id === kept.id));

	// A damaged file, and one of another archive, count for nothing.
	for (const text of [
		"{",
		JSON.stringify({ key, scan: { dropped: [], unreadable: null } }),
		JSON.stringify({ key: { ...key, size: 1 }, scan: other }),
	]) {
		fs.writeFileSync(file, text);
		const again = await load("cats_vs_dogs", { archive });
		assert.equal(again.train.examples()[0]?.id, kept.id);
	}
	assert.deepEqual(JSON.parse(fs.readFileSync(file, "utf8")), { key, scan });
});

test("where nothing can be written beside a full archive, it is looked through each time", async () => {
	const archive = makeArchive("unwritable.zip", 1738);
	// A folder in the file's place stands for one without permission, which root would have anyway.
	fs.mkdirSync(`${archive}.scan.json`);
	const { train } = await load("cats_vs_dogs", { archive });
	assert.equal(train.size, 23_262);
	const left = fs.readdirSync(temp).filter((name) => /unwritable/.test(name));
	assert.deepEqual(left, ["unwritable.zip", "unwritable.zip.scan.json"]);
});

test("an image that cannot be read is skipped with a line that names it, and counted", async (t) => {
	const archive = path.join(temp, "encrypted.zip");
	const content = intact;
	fs.writeFileSync(
		archive,
		writeZip([
			{ name: "PetImages/Cat/1.jpg", content },
			{ name: "PetImages/Cat/2.jpg", content, central: { flags: 1 } },
			{ name: "PetImages/Dog/1.jpg", content },
		]),
	);
	const log = t.mock.method(console, "log", () => {});
	const { train, info } = await load("cats_vs_dogs", { archive });
	const lines = log.mock.calls.map(({ arguments: [line] }) => String(line));
	log.mock.restore();
	assert.equal(train.size, 2);
	assert.equal(info.skipped, 1);
	assert.ok(
		lines.includes(
			"Skipped: PetImages/Cat/2.jpg cannot be read: it is encrypted.",
		),
		lines.join("\n"),
	);
});
