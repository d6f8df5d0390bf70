import assert from "node:assert/strict";
import { test } from "node:test";
import "transfer-learning";
import { rawOp } from "../../lib/dist/kernels/raw_op";
import { tf } from "../../lib/dist/tf";

const x = [-2, -0.5, 0, 0.5, 3, 7];

/** The gradient of the activation, and that of a sum which holds it, on the back end at hand. */
function gradients(activate: (x: tf.Tensor) => tf.Tensor) {
	const first = tf.grad((x) => activate(x));
	// d/dx of x * activate'(x) holds the gradient once more.
	const second = tf.grad((x) => tf.mul(x, first(x)));
	return tf.tidy(() =>
		[first, second].map((gradient) =>
			Array.from(gradient(tf.tensor1d(x)).dataSync(), (value) => value + 0),
		),
	);
}

for (const backend of ["cpu", "tensorflow"]) {
	test(`relu and relu6 have their gradients on the back end ${backend}`, async () => {
		await tf.setBackend(backend);
		const relu = [0, 0, 0, 1, 1, 1];
		const relu6 = [0, 0, 0, 1, 1, 0];
		assert.deepEqual(gradients(tf.relu), [relu, relu]);
		assert.deepEqual(gradients(tf.relu6), [relu6, relu6]);
		const integers = tf.tensor1d([-1, 2, 7], "int32");
		const gradient = tf.grad((x) => tf.relu6(x).toFloat())(integers);
		assert.deepEqual([...gradient.toInt().dataSync()], [0, 1, 0]);
	});

	test(`max pooling and Adam work on the back end ${backend}`, async () => {
		await tf.setBackend(backend);
		const pixels = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
		const gradient = tf.grad((x) =>
			tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"),
		);
		assert.deepEqual([...gradient(pixels).dataSync()], [0, 0, 0, 1]);
		const weight = tf.variable(tf.tensor1d([1]));
		tf.train.adam(0.1).minimize(() => tf.sum(tf.square(weight)) as tf.Scalar);
		assert.ok(Math.abs((weight.dataSync()[0] as number) - 0.9) < 1e-5);
	});
}

test("an operation whose gradient would be lost is refused", async () => {
	await tf.setBackend("tensorflow");
	const relu = rawOp("Relu");
	const gradient = tf.grad((x) => relu(x));
	assert.throws(() => gradient(tf.tensor1d([1])), /Relu has no gradient here/);
	assert.equal(relu(tf.tensor1d([1])).dataSync()[0], 1);
});
