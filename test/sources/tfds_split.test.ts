import assert from "node:assert/strict";
import { test } from "node:test";
import { TransferLearningError } from "transfer-learning";
import { orderLikeTfds } from "../../lib/dist/sources/tfds_order";
import { parseSplit } from "../../lib/dist/sources/tfds_split";
import { startPython } from "../support/python";

const askPython = startPython();

// The full set has 23,262 examples.
const size = 23262;

test("a split's boundaries are those of TensorFlow Datasets, by Python's rounding", async () => {
	const percentages = [0, 0.5, 10, 12.5, 33, 50, 66.6, 75, 80, 90, 99.9, 100];
	const sizes = [1, 5, 125, 2792, size];
	// `_pct_to_abs_closest` of tensorflow_datasets/core/splits.py.
	const expected = await askPython<number[][]>(
		`
import json, sys
percentages, sizes = json.loads(sys.argv[1])
print(json.dumps([[int(round(p * n / 100.0)) for p in percentages] for n in sizes]))`,
		[JSON.stringify([percentages, sizes])],
	);
	for (const [i, n] of sizes.entries()) {
		for (const [j, percentage] of percentages.entries()) {
			const to = expected[i]?.[j] ?? Number.NaN;
			if (to === 0) continue; // refused
			assert.deepEqual(parseSplit(`train[:${percentage}%]`, n), {
				from: 0,
				to,
			});
		}
	}
	assert.deepEqual(parseSplit("train", size), { from: 0, to: size });
	assert.deepEqual(parseSplit("train[80%:90%]", size), {
		from: 18610,
		to: 20936,
	});
	assert.deepEqual(parseSplit("train[-100:]", size), {
		from: size - 100,
		to: size,
	});
	assert.deepEqual(parseSplit("train[1_000:]", size), { from: 1000, to: size });
	// `_str_to_relative_instruction`: one unit for both sides.
	assert.deepEqual(parseSplit("train[50:-10%]", size), {
		from: 11631,
		to: size - 2326,
	});
});

test("80 %, 10 % and 10 % have nothing in common and leave nothing out", () => {
	const keys = Array.from({ length: size }, (_, i) => `PetImages/Cat/${i}.jpg`);
	const parts = ["train[:80%]", "train[80%:90%]", "train[90%:]"].map((split) =>
		orderLikeTfds(keys, "train", 16, parseSplit(split, size)),
	);
	assert.deepEqual(
		parts.map((part) => part.length),
		[18610, 2326, 2326],
	);
	assert.equal(new Set(parts.flat()).size, size);
});

test("a part of a split is read in turn from the shards that it lies in, as tf.data interleaves them", async () => {
	const keys = Array.from({ length: 1000 }, (_, i) => `key ${i}`);
	// Keys are numbered by the sorted list, so that shards are ranges.
	const sorted = orderLikeTfds(keys, "train", 1);
	const number = new Map(sorted.map((key, i) => [key, i]));
	const ranges = [
		{ from: 0, to: 1000 },
		{ from: 130, to: 777 },
		{ from: 500, to: 520 },
	];
	// `_read_files` of tensorflow_datasets/core/reader.py: skip and take in each file, then interleave.
	const expected = await askPython<number[][]>(
		`
import json, sys, tensorflow as tf
edges = [round(1000 * i / 4) for i in range(5)]
result = []
for r in json.loads(sys.argv[1]):
    parts = [(max(a, r["from"]), min(b, r["to"])) for a, b in zip(edges, edges[1:])]
    parts = [p for p in parts if p[0] < p[1]]
    ds = tf.data.Dataset.from_tensor_slices(parts).interleave(
        lambda p: tf.data.Dataset.range(tf.cast(p[0], tf.int64), tf.cast(p[1], tf.int64)),
        cycle_length=16, block_length=16)
    result.append([int(x) for x in ds])
print(json.dumps(result))`,
		[JSON.stringify(ranges)],
	);
	for (const [i, range] of ranges.entries()) {
		const order = orderLikeTfds(keys, "train", 4, range);
		assert.deepEqual(
			order.map((key) => number.get(key)),
			expected[i],
		);
	}
});

test("of more shards than sixteen, sixteen are read by turns, and the next come in where one ends", async () => {
	// 20 shards of 32 or 33, so that some end with a block; 20 of 7; 40 of 100.
	const sets = [
		[652, 20],
		[140, 20],
		[4000, 40],
	] as const;
	const expected = await askPython<number[][]>(
		`
import json, sys, tensorflow as tf
result = []
for n, shards in json.loads(sys.argv[1]):
    edges = [round(n * i / shards) for i in range(shards + 1)]
    ds = tf.data.Dataset.from_tensor_slices(list(zip(edges, edges[1:]))).interleave(
        lambda p: tf.data.Dataset.range(tf.cast(p[0], tf.int64), tf.cast(p[1], tf.int64)),
        cycle_length=16, block_length=16, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    result.append([int(x) for x in ds])
print(json.dumps(result))`,
		[JSON.stringify(sets)],
	);
	for (const [i, [count, shards]] of sets.entries()) {
		const keys = Array.from({ length: count }, (_, i) => `key ${i}`);
		const sorted = orderLikeTfds(keys, "train", 1);
		assert.deepEqual(
			orderLikeTfds(keys, "train", shards),
			expected[i]?.map((position) => sorted[position]),
		);
	}
});

test("what is no split, more than there is, or nothing, is refused with what to write", () => {
	for (const split of [
		"test",
		"train[]",
		"train[:]",
		"train[80%]",
		"train[a:b]",
		"train[1.5:]",
		"train [:10]",
	]) {
		assert.throws(() => parseSplit(split, size), {
			name: TransferLearningError.name,
			message: /is not a split of this data set\. Use train, or a part/,
		});
	}
	assert.throws(() => parseSplit("train[:30000]", size), /has 23262 examples/);
	for (const split of ["train[9:9]", "train[80%:20%]", "train[-0%:0.001%]"]) {
		assert.throws(() => parseSplit(split, size), /is empty/);
	}
});
