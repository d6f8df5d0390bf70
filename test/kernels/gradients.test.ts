import assert from "node:assert/strict";
import { test } from "node:test";
import "transfer-learning";
import { withSharedExtremumGradients } from "../../lib/dist/kernels/extremum_gradient";
import { rawOp } from "../../lib/dist/kernels/raw_op";
import { tf } from "../../lib/dist/tf";
import { startPython, writeJson } from "../support/python";

const askPython = startPython();

/** How the project calls TensorFlow; tfjs itself calls `executeSingleOutput`. */
interface Execution {
	executeMultipleOutputs(name: string, ...rest: unknown[]): unknown;
}

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

const pools = [
	{ name: "windows that fill the image", shape: [2, 6, 8, 3], size: 2 },
	{ name: "a rest that no window covers", shape: [2, 7, 9, 3], size: 2 },
	{ name: "windows of three", shape: [1, 9, 10, 2], size: 3 },
	{ name: "work for two threads", shape: [3, 63, 65, 48], size: 2, ties: true },
	{
		name: "overlapping windows",
		shape: [2, 7, 7, 2],
		size: 3,
		strides: 2,
	},
	{
		name: "padding",
		shape: [2, 7, 7, 2],
		size: 2,
		padding: "same",
	},
	{
		name: "equal values in a window",
		shape: [2, 6, 8, 3],
		size: 2,
		ties: true,
	},
] as const;

for (const { name, shape, size, ...rest } of pools) {
	test(`the gradient of max pooling is TensorFlow's: ${name}`, async (t) => {
		const { strides, padding, ties } = {
			strides: size,
			padding: "valid" as const,
			ties: false,
			...rest,
		};
		const random = tf.randomNormal([...shape], 0, 1, "float32", 5);
		const x = (ties ? tf.round(random) : random) as tf.Tensor4D;
		const pool = (x: tf.Tensor4D) => tf.maxPool(x, size, strides, padding);
		const y = pool(x);
		const dy = tf.randomNormal(y.shape, 0, 1, "float32", 6);
		const backend = tf.backend() as unknown as Execution;
		const execute = t.mock.method(backend, "executeMultipleOutputs");
		assert.deepEqual(
			gradientHere(pool, x, dy),
			await gradientInPython(
				`tf.nn.max_pool2d(x, ${size}, ${strides}, "${padding.toUpperCase()}")`,
				x,
				dy,
			),
		);
		assert.equal(
			execute.mock.calls.some(
				({ arguments: [name] }) => name === "MaxPoolGrad",
			),
			size === strides && padding === "valid",
			"the project's own kernel is for windows that lie side by side",
		);
		tf.dispose([random, x, y, dy]);
	});
}

test("without a whole window no value has a gradient", () => {
	// TensorFlow's own kernel leaves what was in the memory.
	const x = tf.ones([1, 1, 4, 2]) as tf.Tensor4D;
	const dy = tf.ones([1, 0, 2, 2]);
	const pool = (x: tf.Tensor4D) => tf.maxPool(x, 2, 2, "valid");
	assert.deepEqual(gradientHere(pool, x, dy), Array(8).fill(0));
	tf.dispose([x, dy]);
});

test("the project's kernel refuses what it is not for", () => {
	const route = (strides: readonly number[], output: tf.Tensor) =>
		rawOp("MaxPoolGrad", {
			T: { type: "float32" },
			ksize: [1, 2, 2, 1],
			strides,
			padding: "VALID",
			_kernel: "windows_side_by_side",
		})(tf.ones([1, 4, 4, 1]), output, output);
	tf.tidy(() => {
		assert.throws(
			() => route([1, 1, 1, 1], tf.ones([1, 3, 3, 1])),
			/windows that lie side by side have strides of their size/,
		);
		for (const shape of [[1, 3, 2, 1], [1, 2, 2, 2], [4]]) {
			assert.throws(
				() => route([1, 2, 2, 1], tf.ones(shape)),
				/shapes are not those of max pooling without padding/,
			);
		}
	});
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
