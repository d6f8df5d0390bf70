import assert from "node:assert/strict";
import { test } from "node:test";
import "transfer-learning";
import { tf } from "../../lib/dist/tf";

const [rate, beta1, beta2, epsilon] = [0.01, 0.9, 0.999, 1e-3] as const;
const shapes = [[3, 4], [4], [], [2, 2, 2, 2]];

/** A gradient that differs from step to step. */
const gradient = (shape: number[], step: number): tf.Tensor =>
	tf.randomNormal(shape, 0, 1, "float32", 1 + step);

/** tfjs's formula, in double precision: the epsilon is added after the correction. */
function reference(start: readonly number[], shape: number[], steps: number) {
	const [w, m, v] = [[...start], start.map(() => 0), start.map(() => 0)];
	for (let step = 1; step <= steps; step++) {
		const g = gradient(shape, step).dataSync();
		for (const i of w.keys()) {
			m[i] = beta1 * (m[i] as number) + (1 - beta1) * (g[i] as number);
			v[i] = beta2 * (v[i] as number) + (1 - beta2) * (g[i] as number) ** 2;
			const first = (m[i] as number) / (1 - beta1 ** step);
			const second = (v[i] as number) / (1 - beta2 ** step);
			w[i] = (w[i] as number) - (rate * first) / (Math.sqrt(second) + epsilon);
		}
	}
	return { w, m, v };
}

function assertClose(actual: tf.Tensor, expected: number[], what: string) {
	const values = actual.dataSync();
	assert.equal(values.length, expected.length);
	for (const [i, value] of expected.entries()) {
		const difference = Math.abs((values[i] as number) - value);
		assert.ok(difference < 1e-6, `${what}[${i}]: ${values[i]}, not ${value}`);
	}
}

test("Adam computes tfjs's formula, keeps its state where tfjs does, and leaves no tensor behind", async () => {
	const variables = shapes.map((shape, i) =>
		tf.variable(tf.randomNormal(shape, 0, 1, "float32", 50 + i)),
	);
	const starts = variables.map((variable) => Array.from(variable.dataSync()));
	const adam = tf.train.adam(rate, beta1, beta2, epsilon);
	let afterFirst = 0;
	for (let step = 1; step <= 5; step++) {
		tf.tidy(() => {
			const named = variables.map(({ name, shape }) => ({
				name,
				tensor: gradient(shape, step),
			}));
			// Both forms that tfjs takes.
			adam.applyGradients(
				step % 2
					? named
					: (Object.fromEntries(
							named.map(({ name, tensor }) => [name, tensor]),
						) as never),
			);
		});
		if (step === 1) afterFirst = tf.memory().numTensors;
	}
	assert.equal(tf.memory().numTensors, afterFirst);
	const [iterations, ...state] = await adam.getWeights();
	assert.equal(iterations?.tensor.dataSync()[0], 5);
	for (const [i, variable] of variables.entries()) {
		const { w, m, v } = reference(starts[i] ?? [], variable.shape, 5);
		assertClose(variable, w, "weight");
		const [first, second] = [state[i], state[i + shapes.length]];
		assert.equal(first?.name, `${variable.name}/m`);
		assert.equal(second?.name, `${variable.name}/v`);
		assertClose(first?.tensor as tf.Tensor, m, "first moment");
		assertClose(second?.tensor as tf.Tensor, v, "second moment");
	}
	tf.dispose(variables);
	adam.dispose();
});

test("Adam's moments are what tfjs and Keras make of beta, to seven digits", () => {
	// Large beside the weight, so that single precision does not hide the last digits.
	const weight = tf.variable(tf.scalar(0));
	const adam = tf.train.adam(1, beta1, beta2, 0);
	adam.applyGradients([{ name: weight.name, tensor: tf.scalar(0.5) }]);
	const [value = Number.NaN] = weight.dataSync();
	// The corrections by powers of beta are in single precision in Keras and TensorFlow, too.
	const m = (1 - beta1) * 0.5;
	const v = (1 - beta2) * 0.25;
	const corrected =
		m / (1 - Math.fround(beta1)) / Math.sqrt(v / (1 - Math.fround(beta2)));
	assert.ok(Math.abs(value + corrected) < 3e-7, `${value}, not ${-corrected}`);
	tf.dispose(weight);
	adam.dispose();
});

test("Adam leaves a variable without a gradient alone, and a copy of its values too", () => {
	const [moved, still] = [tf.variable(tf.ones([3])), tf.variable(tf.ones([3]))];
	const copy = moved.clone();
	const adam = tf.train.adam(rate);
	adam.applyGradients([
		{ name: moved.name, tensor: tf.ones([3]) },
		{ name: still.name, tensor: null as unknown as tf.Tensor },
	]);
	assert.deepEqual(Array.from(still.dataSync()), [1, 1, 1]);
	assert.deepEqual(Array.from(copy.dataSync()), [1, 1, 1]);
	assertClose(moved, [1 - rate, 1 - rate, 1 - rate], "weight");
	tf.dispose([moved, still, copy]);
	adam.dispose();
});
