import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "transfer-learning";
import { inferShape } from "../../lib/dist/graph/shape_inference";
import { nodeBackend } from "../../lib/dist/kernels/node_backend";
import { tf } from "../../lib/dist/tf";

const backend = nodeBackend();

test("inferred shapes are those that TensorFlow computes", (t) => {
	const { executeSingleOutput } = backend;
	const inferred = new Set<string>();
	t.mock.method(
		backend,
		"executeSingleOutput",
		(...call: Parameters<typeof executeSingleOutput>) => {
			const [op, attributes, inputs] = call;
			const shape = inferShape(op, attributes, inputs);
			const result = executeSingleOutput.apply(backend, call);
			if (shape) {
				inferred.add(op);
				const what = `${op} of ${inputs.map((x) => `[${x.shape}]`)} ${JSON.stringify(attributes)}`;
				assert.deepEqual([...shape], result.shape, what);
				assert.equal(result.dtype, "float32", what);
			}
			return result;
		},
	);
	const random = (...shape: number[]) => tf.randomNormal(shape);
	tf.tidy(() => {
		for (const [height, width] of [
			[11, 8],
			[12, 7],
		] as const) {
			const x = random(2, height, width, 3) as tf.Tensor4D;
			const paddings = [
				"same",
				"valid",
				[
					[0, 0],
					[1, 2],
					[0, 1],
					[0, 0],
				],
			] as const;
			for (const padding of paddings as unknown as "same"[]) {
				for (const [strides, dilations] of [
					[1, 1],
					[2, 1],
					[[1, 3], 1],
					[1, 2],
				] as [number, number][]) {
					const kernel = random(3, 2, 3, 5) as tf.Tensor4D;
					tf.conv2d(x, kernel, strides, padding, "NHWC", dilations);
					const depthwise = random(2, 3, 3, 2) as tf.Tensor4D;
					tf.depthwiseConv2d(
						x,
						depthwise,
						Array.isArray(strides) ? 3 : strides,
						padding,
						"NHWC",
						dilations,
					);
				}
				if (typeof padding !== "string") continue;
				for (const [size, strides] of [
					[2, 2],
					[3, 1],
					[3, 2],
				] as const) {
					tf.avgPool(x, size, strides, padding);
					tf.grad((x) => tf.maxPool(x as tf.Tensor4D, size, strides, padding))(
						x,
					);
				}
				tf.grads((x, kernel) =>
					tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 2, padding),
				)([x, random(3, 3, 3, 4) as tf.Tensor4D]);
				tf.grads((x, kernel) =>
					tf.depthwiseConv2d(
						x as tf.Tensor4D,
						kernel as tf.Tensor4D,
						1,
						padding,
					),
				)([x, random(3, 3, 3, 1) as tf.Tensor4D]);
			}
			for (const activation of [tf.relu, tf.relu6]) {
				tf.grad((x) => activation(x))(x);
			}
			tf.sqrt(tf.square(tf.sigmoid(x)));
			for (const other of [
				tf.scalar(2),
				random(3),
				random(width, 1),
				random(2, 1, width, 3),
				random(4, 1, 1, 1, 1),
			]) {
				for (const op of [tf.add, tf.sub, tf.mul, tf.div]) {
					op(x, other);
					op(other, x);
				}
			}
		}
	});
	assert.deepEqual([...inferred].sort(), [
		"Add",
		"AvgPool",
		"Conv2D",
		"Conv2DBackpropFilter",
		"Conv2DBackpropInput",
		"DepthwiseConv2dNative",
		"DepthwiseConv2dNativeBackpropFilter",
		"DepthwiseConv2dNativeBackpropInput",
		"MaxPool",
		"MaxPoolGrad",
		"Mul",
		"RealDiv",
		"Relu",
		"Relu6",
		"Relu6Grad",
		"ReluGrad",
		"Sigmoid",
		"Sqrt",
		"Square",
		"Sub",
	]);
});

test("tracing computes no convolution, and results that are not computed give way to zeros where they are needed", (t) => {
	const { mock } = t.mock.method(backend, "executeSingleOutput");
	const kernel = tf.ones([3, 3, 3, 8]) as tf.Tensor4D;
	const fn = (x: tf.Tensor) =>
		tf.cumsum(tf.mean(tf.conv2d(x as tf.Tensor4D, kernel, 1, "same"), [1, 2]));
	const compiled = compile(fn);
	const x = tf.ones([4, 32, 32, 3]);
	mock.resetCalls();
	const result = compiled(x);
	assert.deepEqual(
		mock.calls.map(({ arguments: [op] }) => op),
		["Cast", "Mean", "Cumsum"],
	);
	const expected = tf.tidy(() => fn(x));
	assert.deepEqual(result.arraySync(), expected.arraySync());
	compiled.dispose();
	tf.dispose([kernel, x, result, expected]);
});
