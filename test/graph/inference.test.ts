import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import "transfer-learning";
import { isDeterministic } from "../../lib/dist/graph/deterministic";
import { flatten } from "../../lib/dist/graph/flatten";
import { run } from "../../lib/dist/graph/graph";
import { Inference } from "../../lib/dist/graph/inference";
import { tf } from "../../lib/dist/tf";

const { layers } = tf;
type Input = readonly number[];
const image: Input = [8, 6, 3];
const volume: Input = [6, 6, 6, 2];
const sequence: Input = [9, 4];
const vector: Input = [5];

/** Each layer that features are kept for, with the shape of its input. */
const cases: [tf.layers.Layer, Input][] = [
	[layers.activation({ activation: "tanh" }), image],
	[layers.elu(), image],
	[layers.leakyReLU({ alpha: 0.1 }), image],
	[layers.prelu(), image],
	[layers.reLU({ maxValue: 6 }), image],
	[layers.softmax(), vector],
	[layers.thresholdedReLU(), image],
	[layers.batchNormalization(), image],
	[layers.batchNormalization({ axis: 1 }), image],
	[layers.layerNormalization(), image],
	[layers.conv1d({ filters: 2, kernelSize: 3 }), sequence],
	[layers.conv2d({ filters: 2, kernelSize: 3, strides: 2 }), image],
	[layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2 }), image],
	[layers.conv3d({ filters: 2, kernelSize: 3 }), volume],
	[layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }), image],
	[layers.separableConv2d({ filters: 2, kernelSize: 3 }), image],
	[layers.dense({ units: 4, activation: "relu" }), vector],
	[layers.dense({ units: 4 }), image],
	[layers.averagePooling1d({ poolSize: 2 }), sequence],
	[layers.averagePooling2d({ poolSize: 2, padding: "same" }), image],
	[layers.averagePooling3d({ poolSize: 2 }), volume],
	[layers.maxPooling1d({ poolSize: 2 }), sequence],
	[layers.maxPooling2d({ poolSize: 2 }), image],
	[layers.maxPooling3d({ poolSize: 2 }), volume],
	[layers.globalAveragePooling1d(), sequence],
	[layers.globalAveragePooling2d({}), image],
	[layers.globalMaxPooling1d(), sequence],
	[layers.globalMaxPooling2d({}), image],
	[layers.flatten(), image],
	[layers.permute({ dims: [2, 1] }), sequence],
	[layers.repeatVector({ n: 3 }), vector],
	[layers.reshape({ targetShape: [4, -1] }), image],
	[
		layers.cropping2D({
			cropping: [
				[1, 2],
				[0, 1],
			],
		}),
		image,
	],
	[layers.upSampling2d({ size: [2, 3] }), image],
	[layers.zeroPadding2d({ padding: 2 }), image],
	[layers.rescaling({ scale: 2, offset: 1 }), image],
	[layers.centerCrop({ height: 4, width: 4 }), image],
];

function build(layer: tf.layers.Layer, shape: Input): tf.LayersModel {
	const input = tf.input({ shape: [...shape] });
	return tf.model({
		inputs: input,
		outputs: layer.apply(input) as tf.SymbolicTensor,
	});
}

/** Gives all weights random values, positive ones to variances. */
function fillWeights(model: tf.LayersModel): void {
	model.setWeights(
		model.weights.map((weight) =>
			tf.randomUniform(weight.shape as number[], 0.1, 1),
		),
	);
}

function draw(size: number, shape: Input): tf.Tensor {
	return tf.randomNormal([size, ...shape], 0, 2, "float32", size);
}

function assertClose(a: tf.Tensor, b: tf.Tensor): void {
	assert.deepEqual(a.shape, b.shape);
	const difference = a.sub(b).abs().max().dataSync()[0] as number;
	assert.ok(difference < 1e-4, `${difference} apart`);
}

function assertSame(model: tf.LayersModel): Inference {
	const graph = flatten(model);
	const inference = new Inference(graph);
	tf.tidy(() => {
		for (const size of [4, 1, 3, 7]) {
			const x = draw(size, model.inputs[0]?.shape.slice(1) as number[]);
			const [expected] = run(graph, [x]) as [tf.Tensor];
			for (const [found] of [inference.run([x]), inference.run([x])]) {
				assertClose(found as tf.Tensor, expected);
			}
		}
	});
	return inference;
}

function countGraphs(t: TestContext): () => number {
	const backend = tf.backend() as unknown as { runSavedModel(): unknown };
	const { mock } = t.mock.method(backend, "runSavedModel");
	return () => mock.callCount();
}

for (const [layer, shape] of cases) {
	test(`as a graph, ${layer.getClassName()} of ${shape} gives the same for batches of any size`, (t) => {
		assert.ok(isDeterministic(layer));
		const model = build(layer, shape);
		fillWeights(model);
		const graphs = countGraphs(t);
		assertSame(model);
		// Four sizes, twice each. Three layers need a graph for each size, which is found out at the first run.
		const isForAll = ![
			"CenterCrop",
			"Conv2DTranspose",
			"LayerNormalization",
		].includes(layer.getClassName());
		assert.equal(graphs(), isForAll ? 8 : 9);
		model.dispose();
	});
}

for (const depthwise of [true, false]) {
	for (const [name, padding, strides] of [
		["that 'same' would add", [0, 1], 2],
		["that 'same' would not add", [1, 2], 2],
		["around a step of 1", [1, 1], 1],
	] as const) {
		test(`a batch normalization joins a ${depthwise ? "depthwise " : ""}convolution, and so does zero padding ${name}`, () => {
			const options = { kernelSize: 3, strides, useBias: true };
			const pad: [number, number] = [...padding];
			const model = tf.sequential({
				layers: [
					layers.zeroPadding2d({ padding: [pad, pad], inputShape: [8, 6, 3] }),
					depthwise
						? layers.depthwiseConv2d({ ...options, depthMultiplier: 2 })
						: layers.conv2d({ ...options, filters: 4 }),
					layers.batchNormalization(),
					layers.reLU({ maxValue: 6 }),
				],
			});
			fillWeights(model);
			assertSame(model);
			model.dispose();
		});
	}
}
