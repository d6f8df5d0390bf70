import assert from "node:assert/strict";
import { test } from "node:test";
import {
	countLabels,
	type Example,
	ImageDataset,
	type ImageExample,
	preprocess,
	split,
	TransferLearningError,
} from "transfer-learning";
import { runPython } from "../support/python";

const examples = (count: number): Example[] =>
	Array.from({ length: count }, (_, i) => ({
		id: String(i),
		label: i % 3 === 0 ? 1 : 0,
		read: () => Promise.reject(new Error("nobody should read this")),
	}));
const ids = (dataset: ImageDataset<Example>) =>
	dataset.examples().map(({ id }) => Number(id));
const range = (from: number, to: number) =>
	Array.from({ length: to - from }, (_, i) => from + i);

test("take and skip cut the list in two", () => {
	const dataset = ImageDataset.from(examples(10));
	assert.deepEqual(ids(dataset.take(4)), range(0, 4));
	assert.deepEqual(ids(dataset.skip(4)), range(4, 10));
	assert.equal(dataset.take(4).size, 4);
	assert.equal(dataset.skip(4).size, 6);
});

test("take of more than there is says how many there are", () => {
	assert.throws(
		() => ImageDataset.from(examples(10)).take(11),
		(error) =>
			error instanceof TransferLearningError &&
			/take needs a whole number from 0 to 10, not 11.*10 examples/.test(
				error.message,
			),
	);
});

test("shuffle gives every element once", () => {
	const order = ids(ImageDataset.from(examples(100)).shuffle(100, { seed: 1 }));
	assert.notDeepEqual(order, range(0, 100));
	assert.deepEqual(
		order.sort((a, b) => a - b),
		range(0, 100),
	);
});

test("shuffle draws a new order at every iteration, so that take and skip leak", () => {
	const shuffled = ImageDataset.from(examples(100)).shuffle(100, { seed: 1 });
	const trained = new Set(range(0, 10).flatMap(() => ids(shuffled.take(80))));
	assert.equal(trained.size, 100);
});

test("shuffle with reshuffleEachIteration false keeps its order, and take and skip never overlap", () => {
	const fixed = ImageDataset.from(examples(100)).shuffle(100, {
		seed: 1,
		reshuffleEachIteration: false,
	});
	assert.deepEqual(ids(fixed), ids(fixed));
	const both = [...ids(fixed.take(80)), ...ids(fixed.skip(80))];
	assert.equal(new Set(both).size, 100);
});

test("shuffle with one seed gives the same orders in every run", () => {
	const run = () => {
		const shuffled = ImageDataset.from(examples(50)).shuffle(50, { seed: 7 });
		return [ids(shuffled), ids(shuffled)];
	};
	assert.deepEqual(run(), run());
});

test("shuffle draws the very orders that tf.data draws with the same seed, iteration by iteration", () => {
	const cases = [
		{ size: 1000, buffer: 1000, seed: 42 },
		{ size: 200, buffer: 8, seed: 3 },
		{ size: 20, buffer: 64, seed: 2 ** 40 + 7 },
		{ size: 20, buffer: 5, seed: -5 },
	];
	const theirs = runPython<number[][]>(
		`
import json, sys, tensorflow as tf
orders = []
for case in json.loads(sys.argv[1]):
    for reshuffle in (True, False):
        shuffled = tf.data.Dataset.range(case["size"]).shuffle(case["buffer"], seed=case["seed"], reshuffle_each_iteration=reshuffle)
        part = shuffled.take(case["size"] // 2)
        for dataset in (shuffled, part, shuffled):
            orders.append([int(i) for i in dataset.as_numpy_iterator()])
print(json.dumps(orders))`,
		[JSON.stringify(cases)],
	);
	const ours = cases.flatMap(({ size, buffer, seed }) =>
		[true, false].flatMap((reshuffleEachIteration) => {
			const shuffled = ImageDataset.from(examples(size)).shuffle(buffer, {
				seed,
				reshuffleEachIteration,
			});
			const part = shuffled.take(size / 2);
			return [ids(shuffled), ids(part), ids(shuffled)];
		}),
	);
	assert.deepEqual(ours, theirs);
});

test("batches cover one iteration; the last one is smaller", () => {
	const image = { data: new Float32Array(12), shape: [2, 2, 3] as const };
	const batches = ImageDataset.from(examples(10))
		.map((example): ImageExample => ({ ...example, image }))
		.batch(4);
	assert.equal(batches.size, 3);
	assert.deepEqual(
		batches.items().map((batch) => batch.length),
		[4, 4, 2],
	);
});

test("a batch's failed image is thrown when its batch is due, prefetched or not", async () => {
	const batches = ImageDataset.from(examples(8))
		.map(async (example): Promise<ImageExample> => {
			if (example.id === "5") throw new TransferLearningError("image 5");
			const image = { data: new Float32Array(3), shape: [1, 1, 3] as const };
			return { ...example, image };
		})
		.batch(4)
		.prefetch(3);
	const iterator = batches[Symbol.asyncIterator]();
	const first = await iterator.next();
	assert.equal(first.value?.xs.shape[0], 4);
	first.value?.xs.dispose();
	first.value?.ys.dispose();
	await assert.rejects(iterator.next(), /image 5/);
});

test("countLabels counts by the data set's class names, by those it is given, else by the labels' numbers", () => {
	const named = ImageDataset.from(examples(10), {
		classNames: ["ant", "bee", "cow"],
	});
	assert.deepEqual(countLabels(named), { ant: 6, bee: 4, cow: 0 });
	assert.deepEqual(countLabels(named.shuffle(10).take(10)), {
		ant: 6,
		bee: 4,
		cow: 0,
	});
	assert.deepEqual(countLabels(named, ["cat", "dog"]), { cat: 6, dog: 4 });
	assert.deepEqual(countLabels(named, ["cat"]), { cat: 6, "1": 4 });
	assert.throws(
		() => countLabels(named.map((example) => ({ ...example, label: 2 }))),
		/a map may have changed these/,
	);
	assert.deepEqual(countLabels(ImageDataset.from(examples(10))), {
		"0": 6,
		"1": 4,
	});
});

test("a data set without elements has no batches, and nothing in it fails", async () => {
	const full = ImageDataset.from(examples(3));
	for (const empty of [
		ImageDataset.from([]),
		full.take(0),
		full.skip(3),
		full.shuffle(3).take(0),
		full.filter(() => false),
		full.take(0).concatenate(full.skip(3)),
		full.skip(3).cache(),
	]) {
		assert.equal(empty.size, 0);
		assert.deepEqual(empty.examples(), []);
		assert.equal(empty.sample().size, 0);
		for await (const _ of empty) assert.fail("an element of nothing");
		const dataset = empty.shuffle(5).take(0).skip(0).filter(Boolean).cache();
		const batches = dataset.map(preprocess).batch(4).prefetch(2);
		assert.equal(batches.size, 0);
		assert.deepEqual(batches.items(), []);
		for await (const _ of batches) assert.fail("a batch of nothing");
		assert.deepEqual(countLabels(empty), {});
		assert.throws(() => empty.take(1), /take.* 0 /);
		assert.throws(() => split(empty, { all: 1 }), /"all" would be empty/);
	}
});

test("numbers that cannot be honoured are refused with what to write", () => {
	const dataset = ImageDataset.from(examples(10));
	const batches = dataset.map(preprocess).batch(4);
	const odd = [Number.NaN, Number.POSITIVE_INFINITY, 2.5, -1];
	const refused = (run: () => unknown, message: RegExp) =>
		assert.throws(run, (error: Error) => {
			assert.ok(error instanceof TransferLearningError, String(error));
			assert.match(error.message, message);
			return true;
		});
	for (const count of odd) {
		const whole = `a whole number from 0 to 10, not ${count}`;
		refused(() => dataset.take(count), new RegExp(`take needs ${whole}`));
		refused(() => dataset.skip(count), new RegExp(`skip needs ${whole}`));
		refused(
			() => batches.prefetch(count),
			new RegExp(
				`prefetch needs a whole number of batches, 0 or more, not ${count}.*prefetch\\(1\\)`,
			),
		);
	}
	for (const count of [...odd, 0]) {
		refused(
			() => dataset.map(preprocess).batch(count),
			new RegExp(`1 or more, not ${count}.*batch\\(32\\)`),
		);
		refused(
			() => dataset.shuffle(count),
			new RegExp(`1 or more, not ${count}.*shuffle\\(10\\)`),
		);
	}
	for (const seed of [0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
		refused(
			() => dataset.shuffle(10, { seed }),
			new RegExp(`seed.*integer.*not ${seed}`),
		);
		refused(
			() => split(dataset, { all: 1 }, { seed }),
			new RegExp(`seed.*integer.*not ${seed}`),
		);
	}
	assert.equal(batches.prefetch(0).bufferSize, 0);
});
