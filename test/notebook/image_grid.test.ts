import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { beforeEach, test } from "node:test";
import sharp from "sharp";
import { ImageDataset, imageGrid, load, preprocess } from "transfer-learning";
import { dataNote, setDataNote } from "../../lib/dist/data_note";
import { drawLabels } from "../../lib/dist/notebook/grid_labels";
import { madeUpImages } from "../support/images";
import { root } from "../support/python";
import { sampleArchive } from "../support/sample";

/** Right, right, wrong (0.6), wrong (0.9), for labels 0, 1, 0, 1. */
const predictions = [[0.2], [0.7], [0.6], [0.1]];

// What a test loads may be drawings, which from then on every image would say.
beforeEach(() => setDataNote(undefined));

test("stored photos become one small JPEG with a label each", async () => {
	const { train } = await load("cats_vs_dogs", { archive: sampleArchive });
	const { bytes, type, text, labelled } = await imageGrid(train, {
		title: "Some",
	});
	const { format, width, height } = await sharp(bytes).metadata();
	assert.deepEqual([format, type], ["jpeg", "image/jpeg"]);
	// Six columns of 144 pixels, two rows with a line of text, gaps of 12 pixels, a heading of 40.
	assert.deepEqual([width, height], [948, 416]);
	assert.ok(bytes.length < 150_000);
	assert.ok(labelled);
	const names = train.examples().slice(0, 12);
	assert.deepEqual(text.split("\n"), [
		["Some", dataNote()].filter(Boolean).join(" – "),
		...names.map(({ id, label }) => `${id}  ${label ? "dog" : "cat"}`),
	]);
});

test("a preprocessed image is shown as it is, whatever range its values have", async () => {
	const flat = (value: number) =>
		ImageDataset.from([
			{
				id: "grey",
				label: 0,
				read: () => Promise.reject(new Error("no file")),
				image: { data: new Float32Array(48).fill(value), shape: [4, 4, 3] },
			} as never,
		]);
	for (const [value, level] of [
		[0.5, 128],
		[-0.5, 64],
	] as const) {
		const { bytes } = await imageGrid(flat(value), { size: 64 });
		const pixels = await sharp(bytes).raw().toBuffer();
		const middle = ((12 + 32) * (64 + 24) + 12 + 32) * 3;
		assert.ok(Math.abs((pixels[middle] as number) - level) <= 2);
	}
	const small = await imageGrid(madeUpImages(3).map((example) => example));
	assert.equal((await sharp(small.bytes).metadata()).width, 12 + 3 * 156);
});

test("predictions are told in words, with the wrong ones first where that is asked for", async () => {
	const lines = async (options: object) =>
		(
			await imageGrid(madeUpImages(4), {
				predictions,
				classNames: ["cat", "dog"],
				...options,
			})
		).text.split("\n");
	assert.deepEqual(await lines({}), [
		"image 0  cat  says cat, 80 %",
		"image 1  dog  says dog, 70 %",
		"image 2  cat  says dog, 60 %",
		"image 3  dog  says cat, 90 %",
	]);
	assert.deepEqual(await lines({ wrongFirst: true }), [
		"image 3  dog  says cat, 90 %",
		"image 2  cat  says dog, 60 %",
		"image 0  cat  says cat, 80 %",
		"image 1  dog  says dog, 70 %",
	]);
	assert.deepEqual(await lines({ wrongFirst: true, maxImages: 2 }), [
		"image 3  dog  says cat, 90 %",
		"image 0  cat  says cat, 80 %",
	]);
});

test("a network with an output for each label is understood as well", async () => {
	const { text } = await imageGrid(madeUpImages(1), {
		classNames: ["ant", "bee", "fly"],
		predictions: [[0.2, 0.1, 0.7]],
	});
	assert.equal(text, "image 0  ant  says fly, 70 %");
});

test("right and wrong differ in the shape of the sign and the line, not in colour alone", async () => {
	const shape = (right: boolean) => {
		const svg = drawLabels({ width: 100, height: 100 }, [], 80, [
			{ lines: [], right, left: 0, top: 0 },
		]);
		const attribute = (name: string) =>
			svg.split(`${name}="`)[1]?.split('"')[0];
		return [attribute("stroke-dasharray"), attribute("path d")];
	};
	const [right, wrong] = [shape(true), shape(false)];
	assert.notEqual(right[0], wrong[0]);
	assert.notEqual(right[1], wrong[1]);
});

test("predictions for other examples are refused", async () => {
	await assert.rejects(
		imageGrid(madeUpImages(3), { predictions }),
		/3 examples and 4 predictions/,
	);
});

test("a preprocessed photo and the stored one are both shown", async () => {
	const { train } = await load("cats_vs_dogs", { archive: sampleArchive });
	setDataNote(undefined);
	const grid = await imageGrid(train.take(2).map(preprocess), { maxImages: 1 });
	assert.equal(grid.text.split("\n").length, 1);
});

test("on a machine without fonts the labels are left to the text", (t) => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), "no-fonts-"));
	t.after(() => fs.rmSync(folder, { recursive: true }));
	const config = path.join(folder, "fonts.conf");
	fs.writeFileSync(
		config,
		`<?xml version="1.0"?><fontconfig><dir>${folder}</dir><cachedir>${folder}</cachedir></fontconfig>`,
	);
	const script = `
const { imageGrid } = require("transfer-learning");
const image = { data: new Float32Array(48), shape: [4, 4, 3] };
imageGrid([{ id: "one", label: 1, read() {}, image }]).then(({ labelled, text }) => console.log(JSON.stringify({ labelled, text })));`;
	const printed = execFileSync(process.execPath, ["-e", script], {
		cwd: root,
		encoding: "utf8",
		env: { ...process.env, FONTCONFIG_FILE: config },
	});
	assert.deepEqual(JSON.parse(printed), {
		labelled: false,
		text: "one  label 1",
	});
});
