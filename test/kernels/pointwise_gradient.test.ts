import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import "transfer-learning";
import { tf } from "../../lib/dist/tf";
import { root } from "../support/python";

for (const pad of ["same", "valid"] as const) {
	for (const strides of [2, [2, 1], [1, 3]] as const) {
		test(`the filter's gradient of a 1 x 1 convolution with strides ${strides} and ${pad} padding`, () => {
			const x = tf.randomNormal(
				[2, 7, 8, 3],
				0,
				1,
				"float32",
				1,
			) as tf.Tensor4D;
			const filter = tf.randomNormal([1, 1, 3, 4], 0, 1, "float32", 2);
			const pair = (
				typeof strides === "number" ? [strides, strides] : [...strides]
			) as [number, number];
			const convolve = (f: tf.Tensor) =>
				tf.conv2d(x, f as tf.Tensor4D, pair, pad);
			const dy = tf.randomNormal(convolve(filter).shape, 0, 1, "float32", 3);
			const before = tf.memory().numTensors;
			const gradient = tf.grad(convolve)(filter, dy);
			assert.equal(tf.memory().numTensors, before + 1);
			// Each pixel is a row of a matrix product.
			const seen = tf.stridedSlice(x, [0, 0, 0, 0], x.shape, [1, ...pair, 1]);
			const product = tf.matMul(
				seen.reshape([-1, 3]),
				dy.reshape([-1, 4]),
				true,
			);
			const difference = product
				.sub(gradient.reshape([3, 4]))
				.abs()
				.max();
			assert.ok((difference.dataSync()[0] as number) < 1e-5);
		});
	}
}

test("training a 1 x 1 convolution with strides does not damage the memory", () => {
	// Without the project's kernel it ended three of three processes.
	const script = `
require("transfer-learning");
const { tf } = require("./lib/dist/tf");
for (let i = 0; i < 400; i++) {
	tf.tidy(() => {
		const x = tf.randomNormal([1 + (i % 9), 12, 12, 3]);
		tf.grad((f) => tf.conv2d(x, f, 2, "same"))(tf.randomNormal([1, 1, 3, 3]));
	});
	for (let j = 0; j < 50; j++) Buffer.allocUnsafeSlow(16 + ((i * j) % 900));
}
console.log("whole");`;
	const env = { ...process.env, TF_ENABLE_ONEDNN_OPTS: "1" };
	const run = spawnSync(process.execPath, ["-e", script], {
		cwd: root,
		encoding: "utf8",
		env,
	});
	assert.equal(run.status, 0, run.stderr.slice(-500));
	assert.match(run.stdout, /whole/);
});
