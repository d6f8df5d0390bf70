import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import { drawArchive, isDrawn } from "drawn-pets";
import sharp from "sharp";
import { load } from "transfer-learning";
import { dataNote } from "../../lib/dist/data_note";
import { findCatsVsDogs } from "../../lib/dist/sources/source";

const temp = fs.mkdtempSync(path.join(os.tmpdir(), "drawings-"));
after(() => fs.rmSync(temp, { recursive: true }));
const draw = async (
	name: string,
	options: { count: number; seed?: number },
) => {
	const file = path.join(temp, `drawn_cats_and_dogs_${name}.zip`);
	await drawArchive(file, options);
	return file;
};
const mean = (numbers: readonly number[]) =>
	numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const variance = (numbers: readonly number[]) => {
	const middle = mean(numbers);
	return mean(numbers.map((number) => (number - middle) ** 2));
};
const hash = (bytes: Buffer) =>
	createHash("sha256").update(bytes).digest("hex");

test("drawings come in an archive that is read like Microsoft's, half of them cats, each another image", async () => {
	const archive = await draw("forty", { count: 40 });
	const { train, info } = await load("cats_vs_dogs", { archive });
	assert.equal(train.size, 40);
	assert.equal(info.dropped + info.skipped, 0);
	const seen = new Set<string>();
	let dogs = 0;
	for (const { id, label, read } of train.examples()) {
		const bytes = await read();
		seen.add(hash(bytes));
		dogs += label;
		assert.equal(label, id.includes("/Dog/") ? 1 : 0);
		const { format, width = 0, height = 0 } = await sharp(bytes).metadata();
		assert.equal(format, "jpeg");
		assert.ok(width >= 150 && height >= 150);
		const { channels } = await sharp(bytes).stats();
		// A drawing that went wrong would be of one colour.
		assert.ok(
			channels.every(({ stdev }) => stdev > 5),
			id,
		);
	}
	assert.equal(seen.size, 40);
	assert.equal(dogs, 20);
});

test("the same seed draws the same archive, another seed another", async () => {
	const [one, same, other] = await Promise.all([
		draw("one", { count: 6, seed: 7 }),
		draw("same", { count: 6, seed: 7 }),
		draw("other", { count: 6, seed: 8 }),
	]);
	const [a, b, c] = [one, same, other].map((file) =>
		hash(fs.readFileSync(file)),
	);
	assert.equal(a, b);
	assert.notEqual(a, c);
});

test("neither the size of a drawing nor its colour tells its species apart", async (t) => {
	const archive = await draw("two_hundred", { count: 200 });
	const { train } = await load("cats_vs_dogs", { archive });
	const seen = { width: [[], []], color: [[], []] } as Record<
		"width" | "color",
		[number[], number[]]
	>;
	for (const { label, read } of train.examples()) {
		const image = sharp(await read());
		seen.width[label as 0 | 1].push((await image.metadata()).width ?? 0);
		const { channels } = await image.stats();
		// Red against blue: how warm the image is.
		seen.color[label as 0 | 1].push(
			(channels[0]?.mean ?? 0) - (channels[2]?.mean ?? 0),
		);
	}
	for (const [what, [cats, dogs]] of Object.entries(seen)) {
		// Welch's t: of two equal species it is beyond 4 once in ten thousand draws, and these are always the same.
		const difference = mean(cats) - mean(dogs);
		const error = Math.sqrt(
			variance(cats) / cats.length + variance(dogs) / dogs.length,
		);
		t.diagnostic(`${what}: t = ${(difference / error).toFixed(2)}`);
		assert.ok(Math.abs(difference / error) < 4, what);
	}
});

test("an archive that is there is not drawn again, and nothing half-made is left", async () => {
	const archive = await draw("kept", { count: 4 });
	const { mtimeMs } = fs.statSync(archive);
	await draw("kept", { count: 8 });
	assert.equal(fs.statSync(archive).mtimeMs, mtimeMs);
	assert.deepEqual(
		fs.readdirSync(temp).filter((name) => name.endsWith(".half")),
		[],
	);
});

test("two that draw at once leave one whole archive", async () => {
	const [one, other] = await Promise.all([
		draw("at_once", { count: 10 }),
		draw("at_once", { count: 10 }),
	]);
	assert.equal(one, other);
	const { train } = await load("cats_vs_dogs", { archive: one });
	assert.equal(train.size, 10);
	assert.deepEqual(
		fs.readdirSync(temp).filter((name) => name.includes("at_once")),
		[path.basename(one)],
	);
});

test("every result can be shown with a note that the data are drawings", async (t) => {
	const archive = await draw("forty", { count: 40 });
	const renamed = path.join(temp, "photos.zip");
	fs.copyFileSync(archive, renamed);
	assert.ok(isDrawn(archive));
	assert.ok(isDrawn(renamed));
	assert.ok(!isDrawn(__filename));
	assert.ok(!isDrawn(temp));
	assert.ok(!isDrawn(path.join(temp, "nowhere.zip")));
	const log = t.mock.method(console, "log", () => {});
	const { info } = await load("cats_vs_dogs", { archive });
	const lines = log.mock.calls.map(({ arguments: [line] }) => String(line));
	log.mock.restore();
	assert.match(lines.join("\n"), /40 drawings, not photos, from/);
	assert.match(String(info), /40 drawings of cats and dogs that this project/);
	assert.equal(dataNote(), "Drawings, not photos");
});

test("where the official host cannot be reached, drawings take the photos' place, and it is said", async (t) => {
	const named = process.env.CATS_VS_DOGS;
	delete process.env.CATS_VS_DOGS;
	t.after(() => {
		if (named !== undefined) process.env.CATS_VS_DOGS = named;
	});
	const log = t.mock.method(console, "log", () => {});
	const found = await findCatsVsDogs({
		// Nobody listens at port 1.
		url: "http://127.0.0.1:1/photos.zip",
		file: path.join(temp, "official.zip"),
		size: 1,
		sha256: "",
	});
	const lines = log.mock.calls.map(({ arguments: [line] }) => String(line));
	log.mock.restore();
	assert.ok(isDrawn(found));
	assert.match(lines.join("\n"), /cannot be reached, so there are no photos/);
	const { train } = await load("cats_vs_dogs", { archive: found });
	assert.equal(train.size, 1200);
	const seen = new Set<string>();
	for (const { read } of train.examples()) seen.add(hash(await read()));
	assert.equal(seen.size, 1200);
});
