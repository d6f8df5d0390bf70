import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import { createPreprocess, load } from "transfer-learning";
import { tf } from "../../lib/dist/tf";
import { runPython } from "../support/python";
import { sampleArchive } from "../support/sample";

const temp = fs.mkdtempSync(path.join(os.tmpdir(), "decoder-"));
after(() => fs.rmSync(temp, { recursive: true }));

test('decoder "tensorflow" gives the bits of Python\'s decode, resize and division, and leaves no tensor', async () => {
	const { train } = await load("cats_vs_dogs", { archive: sampleArchive });
	const examples = train.take(30).examples();
	const files = await Promise.all(
		examples.map(async (example, i) => {
			const file = path.join(temp, `${i}.jpg`);
			fs.writeFileSync(file, await example.read());
			return file;
		}),
	);
	const out = path.join(temp, "theirs.bin");
	runPython(
		`
import sys, tensorflow as tf
with open(sys.argv[1], "wb") as out:
    for name in sys.argv[2:]:
        image = tf.io.decode_image(tf.io.read_file(name), channels=3, expand_animations=False)
        out.write((tf.image.resize(image, (128, 128)) / 255).numpy().tobytes())
print("null")`,
		[out, ...files],
	);
	const theirs = fs.readFileSync(out);
	const preprocess = createPreprocess({ decoder: "tensorflow" });
	const tensors = tf.memory().numTensors;
	const ours = await Promise.all(
		examples.map((example) => preprocess(example)),
	);
	assert.equal(tf.memory().numTensors, tensors);
	assert.deepEqual(
		Buffer.concat(ours.map(({ image }) => Buffer.from(image.data.buffer))),
		theirs,
	);
});

test('decoder "tensorflow" refuses by name what only sharp decodes', async () => {
	const webp = Buffer.from("RIFF\0\0\0\0WEBPVP8 ");
	const example = { id: "1.webp", label: 0, read: async () => webp };
	await assert.rejects(
		async () => createPreprocess({ decoder: "tensorflow" })(example),
		/^TransferLearningError: 1\.webp cannot be decoded as a picture: WebP needs the decoder "sharp"/,
	);
});
