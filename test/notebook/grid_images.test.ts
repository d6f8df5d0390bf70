import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import sharp from "sharp";
import {
	type Example,
	ImageDataset,
	type ImageExample,
	imageGrid,
	type Label,
} from "transfer-learning";
import { setDataNote } from "../../lib/dist/data_note";
import { drawLabels } from "../../lib/dist/notebook/grid_labels";
import { escapeXml } from "../../lib/dist/notebook/svg_text";

beforeEach(() => setDataNote(undefined));

const side = 4;

/** Images 4 x 4 whose pixels are all `values[i]`, one a channel. */
function flat(
	images: readonly (readonly number[])[],
	classNames?: readonly string[],
): ImageDataset<ImageExample> {
	const examples = images.map((_, i) => ({
		id: `image ${i}`,
		label: i,
		read: () => Promise.reject(new Error("no file")),
	}));
	const dataset = ImageDataset.from(examples, classNames ? { classNames } : {});
	return dataset.map((example: Example) => {
		const pixel = images[example.label] as readonly number[];
		const data = Float32Array.from(
			{ length: side * side * pixel.length },
			(_, i) => pixel[i % pixel.length] as number,
		);
		const shape = [side, side, pixel.length] as const;
		return { ...example, image: { data, shape } };
	});
}

/** The colours of the images' middles, as they are shown. */
async function colours(dataset: ImageDataset<ImageExample>) {
	const size = 64;
	const { bytes, text } = await imageGrid(dataset, { size, columns: 100 });
	const { data, info } = await sharp(bytes)
		.raw()
		.toBuffer({ resolveWithObject: true });
	const lines = text.split("\n");
	// A heading or a note above the images moves them down; the lines below them take 26 pixels.
	const y = info.height - 12 - 26 - size / 2;
	const middles = Array.from({ length: dataset.size }, (_, i) => {
		const at = (y * info.width + 12 + i * (size + 12) + size / 2) * 3;
		return [...data.subarray(at, at + 3)];
	});
	return { middles, lines };
}

function assertNear(shown: number[][], expected: number[][]) {
	const far = shown.flat().some((value, i) => {
		return Math.abs(value - (expected.flat()[i] as number)) > 3;
	});
	assert.ok(!far, `${JSON.stringify(shown)}, not ${JSON.stringify(expected)}`);
}

const grey = (value: number) => [value, value, value];

test("values of 0–1, −1–1 and 0–255 all show the same grid", async () => {
	const expected = [grey(0), grey(51), grey(255)];
	for (const values of [
		[0, 0.2, 1],
		[-1, -0.6, 1],
		[0, 51, 255],
	]) {
		const { middles, lines } = await colours(flat(values.map(grey)));
		assertNear(middles, expected);
		// Where nothing was guessed, nothing is said.
		assert.equal(lines.length, 3);
	}
});

test("values a little out of their range are cut, not wrapped, and the grid says so", async () => {
	const above = await colours(flat([grey(0), grey(1.4)]));
	assertNear(above.middles, [grey(0), grey(255)]);
	assert.match(above.lines[0] ?? "", /0 to 1\.4.* 0 .*black.* 1 .*white/);
	const beyond = await colours(flat([grey(0), grey(300)]));
	assertNear(beyond.middles, [grey(0), grey(255)]);
	assert.match(beyond.lines[0] ?? "", /0 to 300/);
	const signed = await colours(flat([grey(-1.2), grey(1.3)]));
	assertNear(signed.middles, [grey(0), grey(255)]);
	assert.match(signed.lines[0] ?? "", /-1\.2 to 1\.3/);
	const doubtful = await colours(flat([grey(-0.1), grey(1)]));
	assert.match(doubtful.lines[0] ?? "", /-0\.1 to 1/);
});

test("values of another range are stretched from black to white, and the grid says so", async () => {
	const { middles, lines } = await colours(
		flat([grey(-124), grey(0), grey(124)]),
	);
	assertNear(middles, [grey(0), grey(128), grey(255)]);
	assert.match(lines[0] ?? "", /-124 to 124/);
});

test("what is not a number is black, and said in words", async () => {
	const { middles, lines } = await colours(
		flat([grey(0.5), grey(Number.NaN), grey(Number.POSITIVE_INFINITY)]),
	);
	assertNear(middles, [grey(128), grey(0), grey(0)]);
	assert.match(lines[0] ?? "", /96 values .*not numbers/);
	const all = await colours(flat([grey(Number.NaN)]));
	assertNear(all.middles, [grey(0)]);
});

test("grey images and images with alpha are shown too", async () => {
	const { middles } = await colours(
		flat([[0.4], [1, 0, 0, 1], [1, 0, 0, 0], [1]]),
	);
	assertNear(middles, [grey(102), [255, 0, 0], grey(238), grey(255)]);
	const bytes = await colours(flat([[51], [255, 0, 0, 255]]));
	assertNear(bytes.middles, [grey(51), [255, 0, 0]]);
});

test("images of other channels, or of another size than they say, are refused", async () => {
	await assert.rejects(imageGrid(flat([[0.1, 0.2]])), {
		name: "TransferLearningError",
		message: /image 0.*2 channels.*1, 3 or 4/s,
	});
	const cut = flat([grey(0)]).map((example) => ({
		...example,
		image: { data: new Float32Array(5), shape: [4, 4, 3] as const },
	}));
	await assert.rejects(imageGrid(cut), {
		name: "TransferLearningError",
		message: /image 0.*5 values.*4 x 4 x 3/s,
	});
});

const images = [grey(0), grey(0.5), grey(1)];
const names = ["ant", "bee", "fly"];

/** The labels that a grid writes. */
async function captions(
	dataset: ImageDataset<Example<Label>>,
	options: object = {},
) {
	const { text } = await imageGrid(dataset, options);
	return text.split("\n").map((line) => line.split("  ").slice(1).join("  "));
}

test("a grid names classes as its data set does, or as it is told, or by number", async () => {
	assert.deepEqual(await captions(flat(images, names)), names);
	assert.deepEqual(
		await captions(flat(images, names), { classNames: ["a", "b"] }),
		["a", "b", "label 2"],
	);
	assert.deepEqual(await captions(flat(images)), [
		"label 0",
		"label 1",
		"label 2",
	]);
});

test("a grid shows the labels that a map gave: one-hot rows by class, other numbers as they are", async () => {
	const relabel = (label: (old: number) => Label) =>
		flat(images, names).map((example) => ({
			...example,
			label: label(example.label as number),
		}));
	const rotate = (old: number) => (old + 1) % 3;
	assert.deepEqual(await captions(relabel(rotate)), ["bee", "fly", "ant"]);
	const hot = (old: number) =>
		Float32Array.from(names, (_, k) => Number(k === rotate(old)));
	assert.deepEqual(await captions(relabel(hot)), ["bee", "fly", "ant"]);
	const smooth = (old: number) => names.map((_, k) => (k === old ? 0.9 : 0.05));
	assert.deepEqual(await captions(relabel(smooth)), names);
	assert.deepEqual(
		(await captions(relabel(() => [12, 40.25])))[0],
		"12, 40.25",
	);
	assert.deepEqual((await captions(relabel(() => 0.5)))[0], "0.5");
});

test("predictions are held against the labels that a map gave, for the order as well", async () => {
	const mapped = flat(images, names).map((example) => ({
		...example,
		label: ((example.label as number) + 1) % 3,
	}));
	const predictions = [
		[0.1, 0.8, 0.1],
		[0.1, 0.2, 0.7],
		[0, 0.6, 0.4],
	];
	assert.deepEqual(
		await captions(mapped, { predictions, wrongFirst: true, maxImages: 2 }),
		["ant  says bee, 60 %", "bee  says bee, 80 %"],
	);
	assert.deepEqual(await captions(mapped, { predictions }), [
		"bee  says bee, 80 %",
		"fly  says fly, 70 %",
		"ant  says bee, 60 %",
	]);
});

test("an unmapped data set is ordered without a pixel of what is not shown", async () => {
	const read: string[] = [];
	const png = await sharp({
		create: { width: 2, height: 2, channels: 3, background: "#ff0000" },
	})
		.png()
		.toBuffer();
	const dataset = ImageDataset.from(
		Array.from({ length: 6 }, (_, i) => ({
			id: `image ${i}`,
			label: i % 2,
			read: async () => {
				read.push(`image ${i}`);
				return png;
			},
		})),
	);
	await imageGrid(dataset, {
		predictions: Array(6).fill([0.9]),
		wrongFirst: true,
		maxImages: 2,
	});
	assert.deepEqual(read.sort(), ["image 0", "image 1"]);
});

test("the same example with two maps is shown twice as each makes it", async () => {
	const one = flat([grey(0)]);
	const both = one.concatenate(
		one.map((example) => ({ ...example, label: 5 })),
	);
	assert.deepEqual(await captions(both), ["label 0", "label 5"]);
});

test("predictions that do not fit the labels are refused", async () => {
	const dataset = flat(images, names);
	await assert.rejects(
		imageGrid(dataset, { predictions: [[0.1], [0.2], [0.3]] }),
		/label 2.*sigmoid/,
	);
	const numbers = dataset.map((example) => ({ ...example, label: 0.5 }));
	await assert.rejects(
		imageGrid(numbers, { predictions: [[0.1], [0.2], [0.3]] }),
		/0\.5/,
	);
});

test("names of any letters are drawn, and cut between letters", async () => {
	const hostile = ["<b>&\"'", "line\nbreak\u0000\u001b", "🐝".repeat(30)];
	const { bytes, text } = await imageGrid(flat(images, hostile), { size: 64 });
	assert.equal((await sharp(bytes).metadata()).format, "jpeg");
	assert.equal(text.split("\n").length, 3);
	const svg = drawLabels({ width: 100, height: 100 }, [], 64, [
		{ lines: ["👩‍👩‍👧‍👦".repeat(9)], right: undefined, left: 0, top: 0 },
	]);
	assert.match(svg, />(👩‍👩‍👧‍👦)+…</u);
	assert.equal(
		escapeXml("a<b>&'\"\n\u0000\ud800"),
		"a&lt;b&gt;&amp;&#39;&quot; \ufffd",
	);
});
