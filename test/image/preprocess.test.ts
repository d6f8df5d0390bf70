import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import sharp from "sharp";
import {
	createPreprocess,
	type Example,
	load,
	preprocess,
} from "transfer-learning";
import { decodeImage } from "../../lib/dist/image/decode";
import { tf } from "../../lib/dist/tf";
import { startPython } from "../support/python";
import { sampleArchive } from "../support/sample";

const askPython = startPython();

const temp = fs.mkdtempSync(path.join(os.tmpdir(), "preprocess-"));
after(() => fs.rmSync(temp, { recursive: true }));

/** Asks TensorFlow in Python what it makes of images: pixels, or resized and divided by 255. */
async function decodeInPython(files: readonly string[], resized: boolean) {
	const out = path.join(temp, "oracle.bin");
	const shapes = await askPython<number[][]>(
		`
import json, sys, tensorflow as tf
shapes = []
with open(sys.argv[1], "wb") as out:
    for name in sys.argv[2:]:
        image = tf.io.decode_image(tf.io.read_file(name), channels=3, expand_animations=False)
        if ${resized ? "True" : "False"}:
            image = tf.image.resize(image, (128, 128)) / 255
        shapes.append(image.shape.as_list())
        out.write(tf.cast(image, tf.float32).numpy().tobytes())
print(json.dumps(shapes))`,
		[out, ...files],
	);
	const bytes = fs.readFileSync(out);
	const all = new Float32Array(
		bytes.buffer,
		bytes.byteOffset,
		bytes.length / 4,
	);
	let start = 0;
	return shapes.map((shape) => {
		const data = all.subarray(start, start + shape.reduce((a, b) => a * b));
		start += data.length;
		return { shape, data };
	});
}

function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
	assert.equal(a.length, b.length);
	let sum = 0;
	for (let i = 0; i < a.length; i++) {
		sum += Math.abs((a[i] as number) - (b[i] as number));
	}
	return sum / a.length;
}

async function photos(count: number) {
	const { train } = await load("cats_vs_dogs", { archive: sampleArchive });
	const examples = train.take(count).examples();
	const files = await Promise.all(
		examples.map(async (example, i) => {
			const file = path.join(temp, `photo-${i}.jpg`);
			fs.writeFileSync(file, await example.read());
			return file;
		}),
	);
	return { examples, files };
}

test("preprocess gives the bits of TensorFlow's decode, resize and division", async () => {
	const { examples, files } = await photos(40);
	const theirs = await decodeInPython(files, true);
	for (const [i, example] of examples.entries()) {
		const { image } = await preprocess(example);
		assert.deepEqual(image.shape, theirs[i]?.shape);
		assert.deepEqual(image.data, theirs[i]?.data);
	}
});

test("range [-1, 1] is Keras's preprocess_input of MobileNetV2", async () => {
	const { examples } = await photos(1);
	const [example] = examples;
	assert.ok(example);
	const plain = (await createPreprocess({ range: [0, 1] })(example)).image.data;
	const centred = (await createPreprocess({ range: [-1, 1] })(example)).image
		.data;
	assert.ok(Math.min(...centred) < -0.5 && Math.max(...centred) <= 1);
	assert.ok(
		meanDifference(
			centred,
			plain.map((value) => value * 2 - 1),
		) < 1e-6,
	);
});

test("grey, alpha, CMYK, 16-bit, palette, ICC and EXIF-rotated images become what TensorFlow makes of them", async () => {
	const { files } = await photos(1);
	const photo = fs.readFileSync(files[0] as string);
	const kinds: Record<string, Buffer> = {
		"plain.jpg": photo,
		"grey.jpg": await sharp(photo).toColourspace("b-w").jpeg().toBuffer(),
		"grey.png": await sharp(photo).toColourspace("b-w").png().toBuffer(),
		"alpha.png": await sharp(photo).ensureAlpha(0.4).png().toBuffer(),
		"palette.png": await sharp(photo).png({ palette: true }).toBuffer(),
		"16-bit.png": await sharp(photo).toColourspace("rgb16").png().toBuffer(),
		"cmyk.jpg": await sharp(photo).toColourspace("cmyk").jpeg().toBuffer(),
		"profile.jpg": await sharp(photo).withIccProfile("p3").jpeg().toBuffer(),
		"rotated.jpg": await sharp(photo)
			.withMetadata({ orientation: 6 })
			.jpeg()
			.toBuffer(),
		"progressive.jpg": await sharp(photo)
			.jpeg({ progressive: true })
			.toBuffer(),
		"still.gif": await sharp(photo).gif().toBuffer(),
	};
	const names = Object.keys(kinds);
	const paths = names.map((name) => {
		const file = path.join(temp, name);
		fs.writeFileSync(file, kinds[name] as Buffer);
		return file;
	});
	const theirs = await decodeInPython(paths, false);
	for (const [i, name] of names.entries()) {
		const { data, shape } = await decodeImage(kinds[name] as Buffer, name);
		assert.deepEqual(shape, theirs[i]?.shape, name);
		assert.equal(meanDifference(data, theirs[i]?.data ?? []), 0, name);
	}
});

test("what is no image, or only part of one, is named", async () => {
	const { files } = await photos(1);
	const photo = fs.readFileSync(files[0] as string);
	for (const bytes of [
		Buffer.alloc(0),
		Buffer.from("a text"),
		photo.subarray(0, photo.length / 2),
	]) {
		await assert.rejects(
			decodeImage(bytes, "Cat/1.jpg"),
			/^TransferLearningError: Cat\/1\.jpg cannot be decoded/,
		);
	}
});

test("an invalid size is named at once", () => {
	for (const size of [
		[0, 128],
		[128, 12.5],
		[Number.NaN, 128],
	] as const) {
		assert.throws(() => createPreprocess({ size }), {
			name: "TransferLearningError",
			message: `Images cannot be resized to ${size.join(" x ")}. Give height and width in whole pixels, such as size: [128, 128].`,
		});
	}
});

test("preprocessing and batching leave no tensor behind but the batch's two", async () => {
	const { train } = await load("cats_vs_dogs", { archive: sampleArchive });
	const before = tf.memory().numTensors;
	for await (const { xs, ys } of train.take(10).map(preprocess).batch(4)) {
		assert.equal(tf.memory().numTensors, before + 2);
		tf.dispose([xs, ys]);
	}
	assert.equal(tf.memory().numTensors, before);
});

test("an image is resized to any size", async () => {
	const { examples } = await photos(1);
	const preprocess = createPreprocess({ size: [2400, 2400] });
	const { image } = await preprocess(examples[0] as Example);
	assert.equal(image.data.length, 2400 * 2400 * 3);
});
