import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import {
	countLabels,
	fit,
	type ImageDataset,
	imageGrid,
	load,
	preprocess,
	TransferLearningError,
} from "transfer-learning";
import {
	cutIntoShards,
	orderLikeTfds,
} from "../../lib/dist/sources/tfds_order";
import { tf } from "../../lib/dist/tf";
import { root } from "../support/python";
import { needsSample, sampleArchive } from "../support/sample";
import { writeZip } from "../support/zip";

const temp = fs.mkdtempSync(path.join(os.tmpdir(), "cats-vs-dogs-"));
after(() => fs.rmSync(temp, { recursive: true }));
const temporary = (name: string, content: string | Buffer) => {
	const file = path.join(temp, name);
	fs.writeFileSync(file, content);
	return file;
};

test(
	"the sample's examples come in the order that the real TensorFlow Datasets builder gave them",
	needsSample,
	async () => {
		const fixture = path.join(root, "test/fixtures/tfds_order_sample.txt");
		const expected = fs.readFileSync(fixture, "utf8").trimEnd().split("\n");
		const { train, info } = await load("cats_vs_dogs", {
			archive: sampleArchive,
		});
		assert.deepEqual(
			train.examples().map(({ id }) => id),
			expected,
		);
		assert.deepEqual(info.splits, {
			train: { numExamples: 2792, numShards: 1 },
		});
		assert.deepEqual(countLabels(train.take(1000)), { cat: 523, dog: 477 });
	},
);

test(
	"info prints in the form of tfds.core.DatasetInfo",
	needsSample,
	async () => {
		const { info } = await load("cats_vs_dogs", { archive: sampleArchive });
		const text = String(info);
		assert.match(text, /^tfds\.core\.DatasetInfo\(\n {4}name='cats_vs_dogs',/);
		assert.match(text, /'train': <SplitInfo num_examples=2792, num_shards=1>,/);
		assert.match(text, /download_size=65\.32 MiB,/);
		assert.match(text, /212 of 3004 /);
	},
);

test("the full set's shards have TensorFlow Datasets' lengths", () => {
	const lengths = cutIntoShards(Array(23262).fill(0), 16).map((s) => s.length);
	const rest = [1454, 1454, 1454, 1454];
	assert.deepEqual(lengths, [
		...rest,
		1453,
		...rest,
		1454,
		1454,
		1453,
		...rest,
	]);
});

test("the full set's first keys sort as in TensorFlow Datasets", () => {
	const names =
		"Dog/10396 Dog/4077 Dog/10497 Cat/2763 Dog/11257 Dog/2390 Cat/2407 Cat/9482 Dog/5644";
	const keys = names.split(" ").map((name) => `PetImages/${name}.jpg`);
	assert.deepEqual(orderLikeTfds([...keys].reverse(), "train", 1), keys);
});

test("the reader takes sixteen records from each shard in turn", () => {
	const keys = Array.from({ length: 40 }, (_, i) => `key ${i}`);
	const sorted = orderLikeTfds(keys, "train", 1);
	const read = orderLikeTfds(keys, "train", 2);
	assert.deepEqual(read.slice(0, 16), sorted.slice(0, 16));
	assert.deepEqual(read.slice(16, 32), sorted.slice(20, 36));
	assert.deepEqual(read.slice(32), [
		...sorted.slice(16, 20),
		...sorted.slice(36),
	]);
});

test("an archive that is missing, not a zip, cut short or without images is named, with what to do", async () => {
	const whole = fs.readFileSync(sampleArchive);
	const emptyZip = Buffer.from(`504b0506${"00".repeat(18)}`, "hex");
	for (const [archive, message] of [
		[path.join(temp, "nowhere.zip"), /no archive at .*nowhere\.zip/],
		[temporary("text.zip", "no zip"), /text\.zip is not a complete zip/],
		[
			temporary("cut.zip", whole.subarray(0, whole.length / 2)),
			/cut\.zip is not a complete zip/,
		],
		[temporary("empty.zip", emptyZip), /empty\.zip has no images/],
	] as const) {
		await assert.rejects(load("cats_vs_dogs", { archive }), message);
	}
});

test("a damaged image is named by the checksum", async () => {
	const { train } = await load("cats_vs_dogs", { archive: sampleArchive });
	const [example] = train.examples();
	assert.ok(example);
	const bytes = fs.readFileSync(sampleArchive);
	// The last byte before the next member's local header belongs to some image's data.
	const header = bytes.indexOf(example.id);
	const at = header + example.id.length + 1000;
	bytes[at] = ~(bytes[at] ?? 0);
	const damaged = await load("cats_vs_dogs", {
		archive: temporary("damaged.zip", bytes),
	});
	await assert.rejects(
		damaged.train.examples()[0]?.read() ?? Promise.resolve(),
		(error: Error) => error.message.startsWith(`${example.id} cannot be read`),
	);
});

test("a member that is whole but no whole JPEG is an example, as in TensorFlow Datasets; what fails names it and says what to do", async () => {
	const { train: photos } = await load("cats_vs_dogs", {
		archive: sampleArchive,
	});
	const content = (await photos.examples()[0]?.read()) as Buffer;
	const half = content.subarray(0, content.length / 2);
	const damaged = "PetImages/Cat/2.jpg";
	const archive = temporary(
		"half.zip",
		writeZip([
			{ name: "PetImages/Cat/1.jpg", content },
			{ name: damaged, content: half },
			{ name: "PetImages/Dog/1.jpg", content },
		]),
	);
	const { train, info } = await load("cats_vs_dogs", { archive });
	assert.equal(train.size, 3);
	assert.equal(info.skipped, 0);
	const model = tf.sequential({
		layers: [
			tf.layers.flatten({ inputShape: [128, 128, 3] }),
			tf.layers.dense({ units: 1, activation: "sigmoid" }),
		],
	});
	model.compile({
		optimizer: "adam",
		loss: "binaryCrossentropy",
		metrics: ["accuracy"],
	});
	const batches = (dataset: ImageDataset) => dataset.map(preprocess).batch(3);
	const isNamed = (error: Error) => {
		assert.ok(error instanceof TransferLearningError, String(error));
		assert.match(
			error.message,
			/^PetImages\/Cat\/2\.jpg cannot be decoded .* Replace it, or exclude it with the data set's filter\.$/,
		);
		return true;
	};
	await assert.rejects(fit(model, batches(train), { epochs: 1 }), isNamed);
	await assert.rejects(imageGrid(train), isNamed);
	const rest = train.filter(({ id }) => id !== damaged);
	const { loss } = await fit(model, batches(rest), { epochs: 1 });
	assert.equal(loss.length, 1);
	assert.ok((await imageGrid(rest)).bytes.length > 0);
	model.dispose();
});
