import assert from "node:assert/strict";
import { test } from "node:test";
import {
	normalizeBatch,
	type Update,
} from "../../lib/dist/graph/batch_normalization";
import { tf } from "../../lib/dist/tf";

test("a layer's second call uses the statistics of its first one, and no gradient flows through them", () => {
	const layer = tf.layers.batchNormalization({ momentum: 0.5 });
	layer.build([null, 2]);
	const x = tf.tensor2d([
		[1, 5],
		[3, 9],
	]);
	const before = layer.getWeights().map((weight) => weight.dataId);
	const updates: Update[] = [];
	const second = (x: tf.Tensor) => {
		normalizeBatch(layer, x, true, updates);
		return normalizeBatch(layer, tf.ones([1, 2]), false, updates);
	};
	const { value, grad } = tf.valueAndGrad(second)(x);
	// Moving means 1 and 3.5, variances 1 and 2.5; epsilon is 1e-3.
	const expected = [0, -2.5 / Math.sqrt(2.5 + 1e-3)];
	for (const [i, found] of value.dataSync().entries()) {
		assert.ok(Math.abs(found - (expected[i] as number)) < 1e-5, `${found}`);
	}
	assert.deepEqual(Array.from(grad.dataSync()), [0, 0, 0, 0]);
	assert.deepEqual(
		layer.getWeights().map((weight) => weight.dataId),
		before,
	);
	tf.dispose([x, value, grad, ...updates.map(({ value }) => value)]);
});
