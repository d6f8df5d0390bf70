import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import { load, preprocess } from "transfer-learning";
import { mobileNetV2 } from "../../lib/dist/model/mobilenet_v2";
import { findImageNetWeights } from "../../lib/dist/model/pretrained";
import { tf } from "../../lib/dist/tf";
import { runPython } from "../support/python";
import { sampleArchive } from "../support/sample";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mobilenet-"));
after(() => fs.rmSync(folder, { recursive: true }));

type Layers = [name: string, shape: (number | null)[], params: number][];

test("has Keras's 154 layers by name, order, shape and number of parameters, for every alpha and size", async () => {
	const variants = [
		...[0.35, 0.5, 0.75, 1, 1.3, 1.4].map((alpha) => [alpha, 128, 128]),
		...[96, 160, 192, 224].map((size) => [1, size, size]),
		[0.5, 97, 130],
	] as [number, number, number][];
	const expected = runPython<{ name: string; layers: Layers }[]>(
		`
import json, sys, keras
models = []
for alpha, rows, columns in json.loads(sys.argv[1]):
    keras.backend.clear_session()
    model = keras.applications.MobileNetV2(
        input_shape=(rows, columns, 3), alpha=alpha, include_top=False, weights=None)
    models.append({'name': model.name, 'layers': [
        [l.name, list(l.output.shape), l.count_params()] for l in model.layers]})
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

/** Keras's side: makes or fills a model, saves it in every layout, and computes features of the images in `images.bin`. */
const featuresByKeras = `
import os, sys, h5py, json, keras, numpy as np
folder, alpha, size, pretrained = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
keras.utils.set_random_seed(7)
make = lambda: keras.applications.MobileNetV2(
    input_shape=(size, size, 3), alpha=alpha, include_top=False, weights=None)
model = make()
file = lambda name: os.path.join(folder, name)

def random_weights():
    random = np.random.default_rng(7)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            n = layer.gamma.shape[0]
            layer.set_weights([random.uniform(0.8, 1.6, n), random.normal(0, 0.3, n),
                               random.normal(0, 0.3, n), random.uniform(0.3, 1.5, n)])

# As Keras-applications' files: the names of layers are not the model's, those of weights end in :0.
def save_legacy(name):
    with h5py.File(file(name), 'w') as f:
        names = []
        for layer in model.layers:
            group = f.create_group('old_' + layer.name)
            names.append(('old_' + layer.name).encode())
            weights = []
            for w in layer.weights:
                depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
                weight = f"{layer.name}/{'depthwise_' if depthwise else ''}{w.name}:0"
                group[weight] = w.numpy()
                weights.append(weight.encode())
            group.attrs['weight_names'] = weights
        f.attrs['layer_names'] = names

def whole(base):
    return keras.Sequential([base, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(3)])

def save_all():
    save_legacy('legacy.h5')
    model.save(file('base.h5'))
    model.save_weights(file('base.weights.h5'))
    frozen_in_part = make()
    frozen_in_part.set_weights(model.get_weights())
    for layer in frozen_in_part.layers[:100]:
        layer.trainable = False
    whole(frozen_in_part).save(file('whole.h5'))
    whole(model).save_weights(file('whole.weights.h5'))

def fill(source):
    with h5py.File(source) as f:
        if 'model_weights' not in f:
            return model.load_weights(source)
        saved = f['model_weights/mobilenetv2_1.00_160']
        for layer in model.layers:
            for w in layer.weights:
                w.assign(saved[layer.name][w.name][()])

if pretrained:
    fill(pretrained)
else:
    random_weights()
    save_all()
images = np.fromfile(file('images.bin'), 'float32').reshape(-1, size, size, 3)
model.predict(images, verbose=0).tofile(file('features.bin'))
print('{}')
`;

/** The largest difference between our features of `images` and Keras's, for each of `files`; and Keras's standard deviation. */
async function compareFeatures(
	images: tf.Tensor,
	alpha: number,
	files: readonly string[],
	pretrained = "",
): Promise<{ differences: number[]; deviation: number }> {
	const size = images.shape[1] ?? 0;
	fs.writeFileSync(
		path.join(folder, "images.bin"),
		images.dataSync() as Float32Array,
	);
	runPython(featuresByKeras, [folder, `${alpha}`, `${size}`, pretrained]);
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

test("computes Keras's features of real photos with the pretrained weights, for inputs in [0, 1] and in [-1, 1]", async () => {
	const { train } = await load("cats_vs_dogs", { archive: sampleArchive });
	const photos: tf.Tensor[] = [];
	for await (const { image } of train.take(16).map(preprocess)) {
		photos.push(tf.tensor(image.data, [...image.shape]));
	}
	const unit = tf.stack(photos);
	const symmetric = tf.tidy(() => unit.mul(2).sub(1));
	const images = tf.concat([unit, symmetric]);
	const { file } = findImageNetWeights(1, 128, 128);
	const { differences, deviation } = await compareFeatures(
		images,
		1,
		[file],
		file,
	);
	tf.dispose([...photos, unit, symmetric, images]);
	assert.ok(deviation > 0.1, `Keras's features hardly vary: ${deviation}`);
	assert.ok(Math.max(...differences) <= 1e-4, `${differences}`);
});

const layouts = [
	"legacy.h5",
	"base.h5",
	"base.weights.h5",
	"whole.h5",
	"whole.weights.h5",
];

for (const [alpha, size] of [
	[1, 128],
	[0.35, 96],
] as const) {
	test(`reads every layout that Keras saves: alpha ${alpha}, ${size} px, random weights`, async () => {
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
}
