import assert from "node:assert/strict";
import { test } from "node:test";
import { mobileNetV2 } from "transfer-learning";
import { flatten } from "../../lib/dist/graph/flatten";
import { foldBatchNormalization } from "../../lib/dist/graph/fold_batch_norm";
import { run } from "../../lib/dist/graph/graph";
import { hoistMaxPool } from "../../lib/dist/graph/hoist_max_pool";
import { tf } from "../../lib/dist/tf";

/** Gives batch normalization something to do. */
function randomizeStatistics(model: tf.LayersModel): void {
	for (const layer of model.layers) {
		if (layer.getClassName() !== "BatchNormalization") continue;
		const shape = layer.getWeights()[0]?.shape ?? [];
		const ranges = [
			[0.8, 1.6],
			[-0.3, 0.3],
			[-0.3, 0.3],
			[0.3, 1.5],
		] as const;
		layer.setWeights(
			ranges.map(([low, high], i) =>
				tf.randomUniform(shape, low, high, "float32", i + 1),
			),
		);
	}
}

function largestDifference(a: tf.Tensor, b: tf.Tensor): number {
	return tf.tidy(() => a.sub(b).abs().max().dataSync()[0] ?? Number.NaN);
}

// Even and odd sides: Keras pads them differently.
for (const [rows, columns] of [
	[96, 128],
	[97, 75],
] as const) {
	test(`a folded MobileNetV2 of ${rows} x ${columns} px gives the same features, in fewer steps`, async () => {
		const model = await mobileNetV2({
			inputShape: [rows, columns, 3],
			alpha: 0.35,
			weights: null,
		});
		randomizeStatistics(model);
		const x = tf.randomUniform([2, rows, columns, 3], -1, 1, "float32", 3);
		const before = tf.memory().numTensors;
		const graph = flatten(model);
		const folded = foldBatchNormalization(graph);
		const [plain] = tf.tidy(() => run(graph, [x], false));
		const [fast] = tf.tidy(() => run(folded.graph, [x], false));
		assert.ok(plain && fast);
		assert.ok(largestDifference(plain, fast) <= 1e-4);
		// 17 blocks of up to three convolutions, the first and the last one, and ten sums.
		assert.equal(folded.graph.steps.length, 52 + 10);
		folded.dispose();
		tf.dispose([plain, fast]);
		assert.equal(tf.memory().numTensors, before);
		model.dispose();
	});
}

test("convolutions with a bias fold with normalizations of their own settings", () => {
	const biasInitializer = tf.initializers.randomNormal({ seed: 4 });
	const model = tf.sequential({
		layers: [
			tf.layers.conv2d({
				inputShape: [9, 8, 3],
				filters: 6,
				kernelSize: 3,
				biasInitializer,
			}),
			tf.layers.batchNormalization({ center: false, epsilon: 0.5 }),
			tf.layers.reLU({}),
			tf.layers.depthwiseConv2d({ kernelSize: 2, biasInitializer }),
			tf.layers.batchNormalization({ scale: false }),
		],
	});
	for (const [i, layer] of [1, 4].map((i) => model.layers[i]).entries()) {
		const shapes = layer?.getWeights().map(({ shape }) => shape) ?? [];
		layer?.setWeights(
			shapes.map((shape) => tf.randomUniform(shape, 0.3, 1.5, "float32", i)),
		);
	}
	const x = tf.randomUniform([2, 9, 8, 3], -1, 1, "float32", 3);
	const graph = flatten(model);
	const folded = foldBatchNormalization(graph);
	assert.equal(folded.graph.steps.length, 2);
	const [plain] = tf.tidy(() => run(graph, [x], false));
	const [fast] = tf.tidy(() => run(folded.graph, [x], false));
	assert.ok(plain && fast);
	assert.ok(largestDifference(plain, fast) <= 1e-5);
	folded.dispose();
	tf.dispose([plain, fast, x]);
	model.dispose();
});

test("what takes more than the convolution's result alone is not folded away", () => {
	const input = tf.input({ shape: [8, 8, 2] });
	const products = tf.layers
		.conv2d({ filters: 4, kernelSize: 3 })
		.apply(input) as tf.SymbolicTensor;
	const normal = tf.layers
		.batchNormalization()
		.apply(products) as tf.SymbolicTensor;
	const output = tf.layers.add().apply([products, normal]);
	const model = tf.model({
		inputs: input,
		outputs: output as tf.SymbolicTensor,
	});
	const graph = flatten(model);
	assert.deepEqual(foldBatchNormalization(graph).graph.steps, graph.steps);
});

test("pooling before bias and ReLU gives the same bits, and the same gradients", () => {
	const model = tf.sequential({
		layers: [
			tf.layers.conv2d({
				inputShape: [11, 12, 2],
				filters: 5,
				kernelSize: 3,
				activation: "relu",
				biasInitializer: "randomNormal",
			}),
			tf.layers.maxPooling2d({ poolSize: 2 }),
			tf.layers.conv2d({
				filters: 3,
				kernelSize: 2,
				padding: "same",
				activation: "relu",
				biasInitializer: "randomNormal",
			}),
			tf.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" }),
		],
	});
	const x = tf.randomNormal([4, 11, 12, 2], 0, 1, "float32", 7);
	const graph = flatten(model);
	const pooled = hoistMaxPool(graph);
	assert.equal(pooled.steps.length, 2);
	const variables = model.trainableWeights.map((w) => w.read() as tf.Variable);
	const before = tf.memory().numTensors;
	const [plain, fast] = [graph, pooled].map((graph) => ({
		result: tf.tidy(() => run(graph, [x], true)[0] as tf.Tensor),
		gradients: tf.variableGrads(
			() => (run(graph, [x], true)[0] as tf.Tensor).square().sum(),
			variables,
		),
	}));
	assert.ok(plain && fast);
	assert.equal(largestDifference(plain.result, fast.result), 0);
	for (const { name } of variables) {
		const gradient = plain.gradients.grads[name] as tf.Tensor;
		const other = fast.gradients.grads[name] as tf.Tensor;
		const scale = tf.tidy(() => gradient.abs().max().dataSync()[0] ?? 0);
		assert.ok(scale > 0);
		assert.ok(largestDifference(gradient, other) <= 1e-5 * scale);
	}
	for (const { result, gradients } of [plain, fast]) {
		tf.dispose([result, gradients.value, gradients.grads]);
	}
	assert.equal(tf.memory().numTensors, before);
});

test("a gradient through a folded graph is that of the graph", () => {
	const model = tf.sequential({
		layers: [
			tf.layers.zeroPadding2d({ padding: 1, inputShape: [7, 7, 3] }),
			tf.layers.conv2d({ filters: 4, kernelSize: 3, strides: 2 }),
			tf.layers.batchNormalization(),
			tf.layers.reLU({ maxValue: 6 }),
			tf.layers.depthwiseConv2d({ kernelSize: 3, padding: "same" }),
			tf.layers.batchNormalization(),
			tf.layers.conv2d({ filters: 2, kernelSize: 1 }),
			tf.layers.batchNormalization(),
			tf.layers.reLU(),
		],
	});
	randomizeStatistics(model);
	const graph = flatten(model);
	const folded = foldBatchNormalization(graph);
	const x = tf.randomNormal([2, 7, 7, 3], 0, 3, "float32", 5);
	const gradient = (one: typeof graph) =>
		tf.tidy(() => tf.grad((x) => run(one, [x], false)[0] as tf.Tensor)(x));
	const [plain, fast] = [gradient(graph), gradient(folded.graph)];
	const size = plain.abs().max().dataSync()[0] as number;
	assert.ok(size > 0.1);
	assert.ok(largestDifference(plain, fast) <= 1e-5 * Math.max(1, size));
	folded.dispose();
});
