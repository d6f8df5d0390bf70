import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import { mobileNetV2 } from "../../lib/dist/models/mobilenet_v2";
import { tf } from "../../lib/dist/tf";
import { runPython } from "../support/python";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mobilenet-"));
after(() => fs.rmSync(folder, { recursive: true }));

type Layers = [name: string, shape: (number | null)[], params: number][];

// `npm run parity` compares all alphas and sizes, real photos and the pretrained weights.
test("has Keras's 154 layers by name, order, shape and number of parameters, for odd sizes too", async () => {
	const variants = [
		[1, 128, 128],
		[0.5, 97, 130],
	] as [number, number, number][];
	const expected = runPython<{ name: string; layers: Layers }[]>(
		`
import json, keras, sys
sys.path.insert(0, "test/parity/oracles")
from keras_mobilenet import describe, make
models = []
for variant in json.loads(sys.argv[1]):
    keras.backend.clear_session()  # or it numbers the names of inputs on
    models.append(describe(make(*variant)))
print(json.dumps(models))`,
		[JSON.stringify(variants)],
	);
	for (const [i, [alpha, rows, columns]] of variants.entries()) {
		const before = tf.memory().numTensors;
		const model = await mobileNetV2({
			inputShape: [rows, columns, 3],
			alpha,
			weights: null,
		});
		const layers = model.layers.map((layer) => [
			layer.name,
			layer.outputShape,
			layer.countParams(),
		]);
		assert.equal(layers.length, 154);
		assert.deepEqual({ name: model.name, layers }, expected[i]);
		model.dispose();
		assert.equal(tf.memory().numTensors, before);
	}
});

/** Keras's side: saves a random model in every layout, and computes features of the images in `images.bin`. */
const featuresByKeras = `
import os, sys, keras, numpy as np
sys.path.insert(0, "test/parity/oracles")
from keras_mobilenet import make, randomize, save_legacy, save_whole
folder, alpha, size = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
file = lambda name: os.path.join(folder, name)
model = make(alpha, size)
randomize(model)
save_legacy(model, file("legacy.h5"))
model.save(file("base.h5"))
model.save_weights(file("base.weights.h5"))
save_whole(model, file("whole.h5"))
save_whole(model, file("whole.weights.h5"), weights_only=True)
images = np.fromfile(file("images.bin"), "float32").reshape(-1, size, size, 3)
model.predict(images, verbose=0).tofile(file("features.bin"))
print("{}")
`;

/** The largest difference between our features of `images` and Keras's, for each of `files`; and Keras's standard deviation. */
async function compareFeatures(
	images: tf.Tensor,
	alpha: number,
	files: readonly string[],
): Promise<{ differences: number[]; deviation: number }> {
	const size = images.shape[1] ?? 0;
	fs.writeFileSync(
		path.join(folder, "images.bin"),
		images.dataSync() as Float32Array,
	);
	runPython(featuresByKeras, [folder, `${alpha}`, `${size}`]);
	const bytes = fs.readFileSync(path.join(folder, "features.bin"));
	const expected = tf.tensor(
		new Float32Array(new Uint8Array(bytes).buffer),
	) as tf.Tensor1D;
	const differences: number[] = [];
	for (const file of files) {
		const model = await mobileNetV2({
			inputShape: [size, size, 3],
			alpha,
			weights: path.resolve(folder, file),
		});
		const difference = tf.tidy(() =>
			(model.predict(images) as tf.Tensor).flatten().sub(expected).abs().max(),
		);
		differences.push(difference.dataSync()[0] ?? Number.NaN);
		difference.dispose();
		model.dispose();
	}
	const moments = tf.moments(expected);
	const deviation = Math.sqrt(moments.variance.dataSync()[0] ?? 0);
	tf.dispose([expected, moments.mean, moments.variance]);
	return { differences, deviation };
}

const layouts = [
	"legacy.h5",
	"base.h5",
	"base.weights.h5",
	"whole.h5",
	"whole.weights.h5",
];

test("reads every layout that Keras saves", async () => {
	// Small for speed.
	const [alpha, size] = [0.35, 96];
	const images = tf.randomUniform([4, size, size, 3], -1, 1, "float32", 3);
	const result = await compareFeatures(images, alpha, layouts);
	images.dispose();
	assert.ok(
		result.deviation > 0.1,
		`features hardly vary: ${result.deviation}`,
	);
	for (const [i, difference] of result.differences.entries()) {
		assert.ok(difference <= 1e-4, `${layouts[i]}: ${difference}`);
	}
});
