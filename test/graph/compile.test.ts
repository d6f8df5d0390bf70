import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import * as v8 from "node:v8";
import * as vm from "node:vm";
import { compile } from "transfer-learning";
import { dropValues } from "../../lib/dist/graph/dropout";
import { rawOp } from "../../lib/dist/kernels/raw_op";
import { tf } from "../../lib/dist/tf";

const backend = tf.backend() as unknown as {
	executeSingleOutput(...args: unknown[]): unknown;
	executeMultipleOutputs(...args: unknown[]): unknown;
	getNumOfSavedModels(): number;
	loadSavedModelMetaGraph(folder: string, tags: string): number;
};

/** Counts the operations that run one by one, not in a graph. */
function countOperations(t: TestContext): () => number {
	const names = ["executeSingleOutput", "executeMultipleOutputs"] as const;
	const mocks = names.map((name) => t.mock.method(backend, name));
	return () => mocks.reduce((sum, { mock }) => sum + mock.callCount(), 0);
}

function read(tensors: readonly tf.Tensor[]): number[][] {
	const values = tensors.map((tensor) => Array.from(tensor.dataSync()));
	tf.dispose([...tensors]);
	return values;
}

test("a compiled function gives the same results, without running its operations one by one", (t) => {
	const softmax = (x: tf.Tensor) => {
		const shifted = tf.exp(tf.sub(x, tf.max(x, -1, true)));
		return [tf.div(shifted, tf.sum(shifted, -1, true)), tf.mean(x)];
	};
	const compiled = compile(softmax);
	const x = tf.tensor2d([
		[1, 2, 3],
		[-1, 0, 5],
	]);
	const expected = read(tf.tidy(() => softmax(x)));
	assert.deepEqual(read(compiled(x)), expected);
	const operations = countOperations(t);
	assert.deepEqual(read(compiled(x)), expected);
	assert.equal(operations(), 0);
	compiled.dispose();
	assert.deepEqual(read(compiled(x)), expected);
	compiled.dispose();
	x.dispose();
});

test("each shape and type of the inputs has a graph of its own, and dispose frees them", () => {
	let traced = 0;
	const before = backend.getNumOfSavedModels();
	const folders = () =>
		fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith("graph-"));
	const left = folders();
	const double = compile((x: tf.Tensor) => {
		traced++;
		return [tf.add(x, x)];
	});
	const inputs = [
		tf.tensor1d([1, 2]),
		tf.tensor1d([1, 2, 3]),
		tf.tensor1d([1, 2], "int32"),
		tf.tensor2d([[1, 2]]),
	];
	for (let i = 0; i < 3; i++) {
		for (const x of inputs) {
			const [y] = double(x) as [tf.Tensor];
			assert.deepEqual([y.shape, y.dtype], [x.shape, x.dtype]);
			assert.deepEqual(
				Array.from(y.dataSync()),
				Array.from(x.dataSync(), (value) => 2 * value),
			);
			y.dispose();
		}
	}
	assert.equal(traced, inputs.length);
	assert.equal(backend.getNumOfSavedModels(), before + inputs.length);
	double.dispose();
	assert.equal(backend.getNumOfSavedModels(), before);
	assert.deepEqual(folders(), left);
	tf.dispose(inputs);
});

test("a compiled function leaves no tensors behind", () => {
	const compiled = compile((x: tf.Tensor) => [tf.relu(tf.mul(x, 3)), x]);
	const x = tf.tensor1d([-1, 2]);
	const before = tf.memory().numTensors;
	for (let i = 0; i < 3; i++) {
		assert.deepEqual(read(compiled(x)), [
			[0, 6],
			[-1, 2],
		]);
	}
	assert.equal(tf.memory().numTensors, before);
	compiled.dispose();
	x.dispose();
});

test("a variable is a constant until it changes, and an input from then on", () => {
	const weight = tf.variable(tf.scalar(2));
	let traced = 0;
	const multiply = compile((x: tf.Tensor) => {
		traced++;
		return tf.mul(x, weight);
	});
	const x = tf.scalar(10);
	const results = [2, 2, 3, 4, 5].map((value) => {
		if (value !== 2) weight.assign(tf.scalar(value));
		return read([multiply(x)])[0]?.[0];
	});
	assert.deepEqual(results, [20, 20, 30, 40, 50]);
	assert.equal(traced, 2);
	multiply.dispose();
	tf.dispose([weight, x]);
});

test("two inputs that are one tensor in one call may be two in the next", () => {
	const subtract = compile((a: tf.Tensor, b: tf.Tensor) => tf.sub(a, b));
	const [one, two] = [tf.scalar(1), tf.scalar(2)];
	assert.deepEqual(read([subtract(one, one)]), [[0]]);
	assert.deepEqual(read([subtract(one, two)]), [[-1]]);
	assert.deepEqual(read([subtract(two, two)]), [[0]]);
	subtract.dispose();
	tf.dispose([one, two]);
});

test("a compiled function within another is part of its graph", (t) => {
	const inner = compile((x: tf.Tensor) => tf.square(x));
	const outer = compile((x: tf.Tensor) => tf.add(inner(x), 1));
	const x = tf.scalar(3);
	assert.deepEqual(read([outer(x)]), [[10]]);
	const operations = countOperations(t);
	const y = tf.scalar(4);
	assert.deepEqual(read([outer(y)]), [[17]]);
	assert.equal(operations(), 0);
	outer.dispose();
	inner.dispose();
	tf.dispose([x, y]);
});

test("the graphs of a function that is no longer in use are freed", async () => {
	v8.setFlagsFromString("--expose-gc");
	const collect = vm.runInNewContext("gc") as () => void;
	const before = backend.getNumOfSavedModels();
	(() => {
		const weight = tf.variable(tf.scalar(2));
		const scale = compile((x: tf.Tensor) => tf.mul(x, weight));
		scale(tf.scalar(1)).dispose();
		assert.equal(backend.getNumOfSavedModels(), before + 1);
	})();
	for (let i = 0; i < 50 && backend.getNumOfSavedModels() > before; i++) {
		collect();
		await setTimeout(10);
	}
	assert.equal(backend.getNumOfSavedModels(), before);
});

test("a function that draws numbers in JavaScript runs as it is, and draws others each time", () => {
	const x = tf.zeros([50]);
	for (const draw of [
		() => tf.randomUniform([50]),
		() => tf.randomNormal([50]),
		() => tf.truncatedNormal([50]),
		() => tf.dropout(tf.ones([50]), 0.5),
	]) {
		const compiled = compile((x: tf.Tensor) => [tf.add(x, draw())]);
		const results = [1, 2, 3].map(() => read(compiled(x)).join());
		assert.equal(new Set(results).size, 3);
	}
	x.dispose();
});

test("a function that reads a tensor's values runs as it is", () => {
	const signed = compile((x: tf.Tensor) => [
		(x.dataSync()[0] as number) > 0 ? tf.neg(x) : tf.clone(x),
	]);
	assert.deepEqual(read(signed(tf.tensor1d([4]))), [[-4]]);
	assert.deepEqual(read(signed(tf.tensor1d([-4]))), [[-4]]);
});

test("a function that waits for a tensor's values gets those of its inputs", async () => {
	const waiting: Promise<ArrayLike<number>>[] = [];
	const compiled = compile((x: tf.Tensor) => {
		const y = tf.keep(tf.relu(x));
		waiting.push(y.data());
		return y.clone();
	});
	const x = tf.tensor1d([-1, 2]);
	for (let i = 0; i < 2; i++) {
		assert.deepEqual(read([compiled(x)]), [[0, 2]]);
		const values = (await waiting.at(-1)) as ArrayLike<number>;
		assert.deepEqual(Array.from(values), [0, 2]);
	}
	compiled.dispose();
	x.dispose();
});

test("a function's own error is thrown, and does not keep it from being a graph", (t) => {
	let fails = true;
	const compiled = compile((x: tf.Tensor) => {
		if (fails) throw new Error("not yet");
		return tf.relu(x);
	});
	const x = tf.tensor1d([-1, 2]);
	const before = tf.memory().numTensors;
	assert.throws(() => compiled(x), /not yet/);
	fails = false;
	assert.deepEqual(read([compiled(x)]), [[0, 2]]);
	const operations = countOperations(t);
	assert.deepEqual(read([compiled(x)]), [[0, 2]]);
	assert.equal(operations(), 0);
	assert.equal(tf.memory().numTensors, before);
	compiled.dispose();
	x.dispose();
});

test("a function that assigns a variable runs as it is", () => {
	const sum = tf.variable(tf.scalar(0));
	const add = compile((x: tf.Tensor) => {
		sum.assign(tf.add(sum, x) as tf.Scalar);
		return [sum.clone()];
	});
	const x = tf.scalar(2);
	assert.deepEqual(
		[1, 2, 3].map(() => read(add(x))[0]?.[0]),
		[2, 4, 6],
	);
	tf.dispose([sum, x]);
});

test("a function that creates a variable runs as it is", () => {
	const create = compile((x: tf.Tensor) => tf.variable(x).add(1));
	const x = tf.scalar(2);
	const before = tf.memory().numTensors;
	assert.deepEqual(read([create(x), create(x)]), [[3], [3]]);
	assert.equal(tf.memory().numTensors, before + 2);
	x.dispose();
});

test("a graph that TensorFlow does not load is not used", (t) => {
	const double = compile((x: tf.Tensor) => tf.add(x, x));
	const load = t.mock.method(backend, "loadSavedModelMetaGraph", () => {
		throw new Error("no");
	});
	const x = tf.scalar(2);
	assert.deepEqual(read([double(x), double(x)]), [[4], [4]]);
	assert.equal(load.mock.callCount(), 1);
	x.dispose();
});

test("two variables with one value may change apart", () => {
	const value = tf.scalar(2);
	const [a, b] = [tf.variable(value), tf.variable(value)];
	const multiply = compile((x: tf.Tensor) => tf.mul(x, tf.sub(a, b)));
	const x = tf.scalar(10);
	assert.deepEqual(read([multiply(x)]), [[0]]);
	a.assign(tf.scalar(3));
	assert.deepEqual(read([multiply(x)]), [[10]]);
	b.assign(tf.scalar(1));
	assert.deepEqual(read([multiply(x)]), [[20]]);
	multiply.dispose();
	tf.dispose([a, b, value, x]);
});

test("attributes that begin with an underscore are left out of a graph", (t) => {
	const compiled = compile((x: tf.Tensor) => [
		rawOp("Relu", { T: { type: "float32" }, _XlaMustCompile: false })(x),
	]);
	const x = tf.tensor1d([-1, 1]);
	let graph = "";
	t.mock.method(backend, "loadSavedModelMetaGraph", (folder: string) => {
		graph = fs.readFileSync(path.join(folder, "saved_model.pb"), "latin1");
		throw new Error("seen");
	});
	assert.deepEqual(read(compiled(x)), [[0, 1]]);
	assert.match(graph, /Relu/);
	assert.doesNotMatch(graph, /_XlaMustCompile/);
	compiled.dispose();
	x.dispose();
});

test("where a gradient is recorded the function runs as it is", () => {
	const cube = compile((x: tf.Tensor) => [tf.mul(x, tf.square(x))]);
	const x = tf.scalar(2);
	cube(x)[0]?.dispose();
	const gradient = tf.grad((x) => cube(x)[0] as tf.Tensor)(x);
	assert.deepEqual(read([gradient]), [[12]]);
	cube.dispose();
	x.dispose();
});

test("on another backend the function runs as it is", async () => {
	const compiled = compile((x: tf.Tensor) => [tf.square(x)]);
	await tf.setBackend("cpu");
	try {
		assert.deepEqual(read(compiled(tf.tensor1d([1, 2, 3]))), [[1, 4, 9]]);
	} finally {
		await tf.setBackend("tensorflow");
	}
});

test("a leaky ReLU keeps its slope behind a convolution and an addition", () => {
	for (const slope of [0.05, 0.1, 0.2, 0.3]) {
		const kernel = tf.randomNormal<tf.Rank.R4>(
			[3, 3, 3, 3],
			0,
			1,
			"float32",
			1,
		);
		const bias = tf.tensor1d([1, -1, 0.5]);
		const block = (x: tf.Tensor) => {
			const y = tf.add(tf.conv2d(x as tf.Tensor4D, kernel, 1, "same"), bias);
			return [tf.leakyRelu(tf.add(x, y), slope)];
		};
		const compiled = compile(block);
		const x = tf.randomNormal([2, 8, 8, 3], 0, 1, "float32", 2);
		const [expected] = read(tf.tidy(() => block(x)));
		const [found] = read(compiled(x));
		const largest = Math.max(
			...(expected ?? []).map((value, i) =>
				Math.abs(value - (found?.[i] ?? 0)),
			),
		);
		assert.ok(largest < 1e-5, `slope ${slope}: ${largest}`);
		compiled.dispose();
		tf.dispose([kernel, bias, x]);
	}
});

test("dropout in a graph drops its share, others for another seed, and its gradient passes what was kept", () => {
	const x = tf.ones([20_000]);
	const layer = tf.layers.dropout({ rate: 0.3 });
	const drop = compile((x: tf.Tensor, seed: tf.Tensor) =>
		dropValues(layer, x, seed),
	);
	const at = (...seed: number[]) => {
		const key = tf.tensor1d(seed, "int32");
		const [values = []] = read([drop(x, key)]);
		key.dispose();
		return values;
	};
	const one = at(1, 0);
	assert.deepEqual(at(1, 0), one);
	assert.notDeepEqual(at(2, 0), one);
	assert.notDeepEqual(at(1, 1), one);
	assert.deepEqual(new Set(one), new Set([0, Math.fround(1 / (1 - 0.3))]));
	const share = one.filter((value) => value === 0).length / one.length;
	assert.ok(Math.abs(share - 0.3) < 0.02, String(share));
	const seed = tf.tensor1d([1, 0], "int32");
	const gradient = tf.grad((x) => dropValues(layer, x, seed))(x);
	assert.deepEqual(read([gradient]), [one]);
	drop.dispose();
	tf.dispose([x, seed]);
});
