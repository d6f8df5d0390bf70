import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import sharp from "sharp";
import { countLabels, load, preprocess } from "transfer-learning";

const temp = fs.mkdtempSync(path.join(os.tmpdir(), "folder-"));
after(() => fs.rmSync(temp, { recursive: true }));

type Format = "jpeg" | "png" | "webp" | "avif" | "gif" | "tiff";

/** An image of one colour in the format that its name ends in. */
async function addImage(file: string): Promise<void> {
	const format = path.extname(file).slice(1).toLowerCase();
	fs.mkdirSync(path.dirname(file), { recursive: true });
	const image = sharp({
		create: { width: 20, height: 10, channels: 3, background: "#20c040" },
	}).toFormat((format === "jpg" ? "jpeg" : format) as Format);
	fs.writeFileSync(file, await image.toBuffer());
}

async function makeFolder(
	name: string,
	files: readonly string[],
): Promise<string> {
	const folder = path.join(temp, name);
	fs.mkdirSync(folder, { recursive: true });
	for (const file of files) await addImage(path.join(folder, file));
	return folder;
}

const pets = [
	...["ant/1.jpg", "ant/2.jpeg", "ant/3.PNG", "bee/a.webp", "bee/b.avif"],
	...["cat/x.gif", "cat/y.tiff", "cat/z.jpg"],
];

test("a folder's subfolders are its classes, and images of every format become pixels", async () => {
	const folder = await makeFolder("pets", pets);
	const { train, info } = await load(folder);
	assert.deepEqual(info.classNames, ["ant", "bee", "cat"]);
	assert.equal(train.size, 8);
	assert.deepEqual(countLabels(train, info.classNames), {
		ant: 3,
		bee: 2,
		cat: 3,
	});
	for await (const { id, label, image } of train.map(preprocess)) {
		assert.equal(info.classNames[label], id.split("/")[0]);
		assert.deepEqual(image.shape, [128, 128, 3]);
		const [red = 0, green = 0, blue = 0] = image.data;
		// Lossy formats and colour spaces move a colour a little.
		assert.ok(Math.abs(red * 255 - 0x20) < 12, `${id}: red ${red}`);
		assert.ok(Math.abs(green * 255 - 0xc0) < 12, `${id}: green ${green}`);
		assert.ok(Math.abs(blue * 255 - 0x40) < 12, `${id}: blue ${blue}`);
	}
	assert.match(
		String(info),
		/name='pets',[\s\S]*file_format=folder,[\s\S]*num_classes=3[\s\S]*num_examples=8, num_shards=1/,
	);
});

test("the order is the same wherever the folder lies, and no class comes first", async () => {
	const names = Array.from({ length: 40 }, (_, i) => `${i % 2}/${i}.png`);
	const orders = [];
	for (const place of ["here", "there"]) {
		const { train } = await load(await makeFolder(place, names));
		orders.push(train.examples().map(({ id }) => id));
	}
	assert.deepEqual(orders[0], orders[1]);
	const firstHalf = orders[0]?.slice(0, 20).filter((id) => id.startsWith("0"));
	assert.ok(firstHalf && firstHalf.length > 3 && firstHalf.length < 17);
});

test("splits of a folder have nothing in common and leave nothing out", async () => {
	const folder = await makeFolder("pets", pets);
	const ids = [];
	for (const split of ["train[:75%]", "train[75%:]"]) {
		const { train } = await load(folder, { split });
		ids.push(train.examples().map(({ id }) => id));
	}
	assert.deepEqual(
		ids.map((part) => part.length),
		[6, 2],
	);
	assert.deepEqual(ids.flat().sort(), [...pets].sort());
});

test("what is no image is skipped with a line that names it, and counted", async (t) => {
	const folder = await makeFolder("odd", ["a/1.jpg", "b/1.jpg"]);
	fs.writeFileSync(path.join(folder, "a", "2.jpg"), "a text, not an image");
	fs.writeFileSync(path.join(folder, "a", "3.png"), "");
	fs.writeFileSync(path.join(folder, "b", "notes.txt"), "passed over");
	fs.writeFileSync(path.join(folder, "b", ".hidden.jpg"), "passed over");
	fs.symlinkSync("/etc/hostname", path.join(folder, "b", "link.jpg"));
	fs.mkdirSync(path.join(folder, ".git"));
	const log = t.mock.method(console, "log", () => {});
	const { train, info } = await load(folder);
	const lines = log.mock.calls.map(({ arguments: [line] }) => String(line));
	log.mock.restore();
	assert.equal(train.size, 2);
	assert.equal(info.skipped, 3);
	const unknown = "it is not a JPEG, PNG, GIF, BMP, WebP, AVIF or TIFF image.";
	assert.deepEqual(lines.filter((line) => line.startsWith("Skipped")).sort(), [
		`Skipped: a/2.jpg cannot be read: ${unknown}`,
		"Skipped: a/3.png cannot be read: it is empty.",
		`Skipped: b/link.jpg cannot be read: ${unknown}`,
	]);
	assert.deepEqual(
		lines.filter((line) => line.startsWith("Ignored")),
		[
			"Ignored: 3 files and folders (hidden, with another extension, or in the wrong place).",
		],
	);
});

test("a folder of another layout is refused with what is needed", async () => {
	await assert.rejects(
		load(path.join(temp, "nowhere")),
		/no data set or folder/,
	);
	const flat = await makeFolder("flat", ["1.jpg"]);
	await assert.rejects(
		load(flat),
		/has no folders, but two or more are needed/,
	);
	const one = await makeFolder("one", ["cat/1.jpg"]);
	await assert.rejects(load(one), /has one folder \(cat\), but two/);
	const empty = await makeFolder("empty", ["cat/1.jpg"]);
	fs.mkdirSync(path.join(empty, "dog"));
	await assert.rejects(load(empty), /empty.dog has no images/);
});

test("CATS_VS_DOGS may name a folder", async () => {
	const before = process.env.CATS_VS_DOGS;
	process.env.CATS_VS_DOGS = await makeFolder("pets", pets);
	try {
		const { train } = await load("cats_vs_dogs");
		assert.equal(train.size, 8);
	} finally {
		if (before === undefined) delete process.env.CATS_VS_DOGS;
		else process.env.CATS_VS_DOGS = before;
	}
});
