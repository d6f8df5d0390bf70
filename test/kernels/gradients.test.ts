import assert from "node:assert/strict";
import { test } from "node:test";
import "transfer-learning";
import { withSharedExtremumGradients } from "../../lib/dist/kernels/extremum_gradient";
import { tf } from "../../lib/dist/tf";
import { startPython, writeJson } from "../support/python";

const askPython = startPython();

type Plain = { shape: number[]; data: number[] };

function toPlain(tensor: tf.Tensor): Plain {
	return { shape: tensor.shape, data: Array.from(tensor.dataSync()) };
}

/** As `deepEqual`, for which 0 and -0 differ, should see numbers. */
function withoutSignOfZero(values: readonly number[]): number[] {
	return values.map((value) => value + 0);
}

/** TensorFlow's own gradient of an expression in `x`, given what flows back into it. */
async function gradientInPython(
	expression: string,
	x: tf.Tensor,
	dy: tf.Tensor,
) {
	const values = await askPython<number[]>(
		`
import json, sys, tensorflow as tf
task = json.load(open(sys.argv[1]))
x, dy = (tf.reshape(tf.constant(task[k]["data"], tf.float32), task[k]["shape"]) for k in ("x", "dy"))
with tf.GradientTape() as tape:
    tape.watch(x)
    y = ${expression}
print(json.dumps(tape.gradient(y, x, dy).numpy().ravel().tolist()))`,
		[writeJson({ x: toPlain(x), dy: toPlain(dy) })],
	);
	return withoutSignOfZero(values);
}

function gradientHere(
	compute: (x: tf.Tensor4D) => tf.Tensor,
	x: tf.Tensor4D,
	dy: tf.Tensor,
): number[] {
	const gradient = tf.tidy(() =>
		tf.grad((x) => compute(x as tf.Tensor4D))(x, dy),
	);
	const values = Array.from(gradient.dataSync());
	gradient.dispose();
	return withoutSignOfZero(values);
}

for (const [name, compute] of [
	["relu", tf.relu],
	["relu6", tf.relu6],
] as const) {
	test(`the gradient of ${name} is TensorFlow's, at its corners too`, async () => {
		const before = tf.memory().numTensors;
		const x = tf.concat([
			tf.tensor([-1, 0, -0, 3, 6, 7, 6.001, 1e-30]),
			tf.randomNormal([120], 0, 5, "float32", 1),
		]) as tf.Tensor;
		const dy = tf.randomNormal([128], 0, 1, "float32", 2);
		assert.deepEqual(
			gradientHere(compute as never, x as tf.Tensor4D, dy),
			await gradientInPython(`tf.nn.${name}(x)`, x, dy),
		);
		tf.dispose([x, dy]);
		assert.ok(tf.memory().numTensors <= before + 2, "tensors are left behind");
	});
}

test("the gradient of relu has a gradient of its own", () => {
	const x = tf.tensor1d([-2, 3]);
	const second = tf.grad((x) =>
		tf.grad((x) => tf.relu(x).square().sum())(x as tf.Tensor),
	)(x);
	assert.deepEqual(Array.from(second.dataSync()), [0, 2]);
	tf.dispose([x, second]);
});

test("while a model is trained, the gradient of a maximum or minimum is TensorFlow's: shared by equal values", async () => {
	const x = tf.tensor4d([1, 1, 0, 1, 2, 2, -1, 0, 0, 0, 0, 0], [1, 3, 2, 2]);
	const dy = tf.tensor2d([3, 5], [1, 2]);
	for (const [extreme, name] of [
		[tf.max, "reduce_max"],
		[tf.min, "reduce_min"],
	] as const) {
		const shared = (compute: (x: tf.Tensor4D) => tf.Tensor, dy: tf.Tensor) =>
			withSharedExtremumGradients(() => gradientHere(compute, x, dy));
		assert.deepEqual(
			shared((x) => extreme(x, [1, 2]), dy),
			await gradientInPython(`tf.${name}(x, axis=[1, 2])`, x, dy),
		);
		const whole = tf.scalar(2);
		assert.deepEqual(
			shared((x) => extreme(x), whole),
			await gradientInPython(`tf.${name}(x)`, x, whole),
		);
	}
});
