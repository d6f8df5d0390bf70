import assert from "node:assert/strict";
import { test } from "node:test";
import {
	type Example,
	ImageDataset,
	type ImageExample,
	TransferLearningError,
} from "transfer-learning";
import { runPython } from "../support/python";

const examples = (from: number, to: number): Example[] =>
	Array.from({ length: to - from }, (_, i) => ({
		id: String(from + i),
		label: (from + i) % 3,
		read: () => Promise.reject(new Error("nobody should read this")),
	}));
const range = (from: number, to: number) =>
	ImageDataset.from(examples(from, to));
const ids = (dataset: ImageDataset<Example>) =>
	dataset.examples().map(({ id }) => Number(id));
/** What an iteration gives: each element's label. */
async function labels(dataset: ImageDataset<Example>): Promise<number[]> {
	const found: number[] = [];
	for await (const { label } of dataset) found.push(label);
	return found;
}
const count = (from: number, to: number) =>
	Array.from({ length: to - from }, (_, i) => from + i);

test("cache, concatenate, shuffle, take and skip give tf.data's elements, iteration by iteration", () => {
	const theirs = runPython<Record<string, number[][]>>(`
import json, tensorflow as tf
D = tf.data.Dataset
def shuffled(reshuffle=True): return D.range(30).shuffle(30, seed=5, reshuffle_each_iteration=reshuffle)
data = {
    "cache after shuffle": shuffled().cache(),
    "shuffle after cache": D.range(30).cache().shuffle(30, seed=5),
    "shuffle, cache, shuffle": shuffled().cache().shuffle(7, seed=6),
    "shuffle, take, cache": shuffled().take(10).cache(),
    "shuffle, cache, skip": shuffled().cache().skip(10),
    "concatenate": D.range(4).concatenate(D.range(10, 13)),
    "concatenate shuffled": shuffled().concatenate(D.range(30, 40).shuffle(4, seed=1)),
    "shuffle a concatenation": D.range(5).concatenate(D.range(5, 9)).shuffle(9, seed=3),
    "take from a concatenation": shuffled(False).concatenate(D.range(30, 35)).take(32),
    "skip in a concatenation": D.range(5).concatenate(D.range(5, 9)).skip(3),
    "concatenate, cache": shuffled().concatenate(shuffled()).cache(),
    "filter": shuffled().filter(lambda i: i % 3 == 0),
    "filter, shuffle, take": D.range(30).filter(lambda i: i % 3 == 0).shuffle(4, seed=2).take(5),
    "fixed order, filter, skip": shuffled(False).filter(lambda i: i % 3 == 0).skip(2),
}
print(json.dumps({name: [[int(i) for i in d.as_numpy_iterator()] for _ in range(3)] for name, d in data.items()}))`);
	const shuffled = (reshuffleEachIteration = true) =>
		range(0, 30).shuffle(30, { seed: 5, reshuffleEachIteration });
	const third = ({ id }: Example) => Number(id) % 3 === 0;
	const ours: Record<string, ImageDataset> = {
		"cache after shuffle": shuffled().cache(),
		"shuffle after cache": range(0, 30).cache().shuffle(30, { seed: 5 }),
		"shuffle, cache, shuffle": shuffled().cache().shuffle(7, { seed: 6 }),
		"shuffle, take, cache": shuffled().take(10).cache(),
		"shuffle, cache, skip": shuffled().cache().skip(10),
		concatenate: range(0, 4).concatenate(range(10, 13)),
		"concatenate shuffled": shuffled().concatenate(
			range(30, 40).shuffle(4, { seed: 1 }),
		),
		"shuffle a concatenation": range(0, 5)
			.concatenate(range(5, 9))
			.shuffle(9, { seed: 3 }),
		"take from a concatenation": shuffled(false)
			.concatenate(range(30, 35))
			.take(32),
		"skip in a concatenation": range(0, 5).concatenate(range(5, 9)).skip(3),
		"concatenate, cache": shuffled().concatenate(shuffled()).cache(),
		filter: shuffled().filter(third),
		"filter, shuffle, take": range(0, 30)
			.filter(third)
			.shuffle(4, { seed: 2 })
			.take(5),
		"fixed order, filter, skip": shuffled(false).filter(third).skip(2),
	};
	for (const [name, dataset] of Object.entries(ours)) {
		const iterations = [1, 2, 3].map(() => ids(dataset));
		assert.deepEqual(iterations, theirs[name], name);
		assert.equal(dataset.size, theirs[name]?.[0]?.length, name);
	}
});

test("an impure map before cache runs once an example, whatever iterates afterwards", async () => {
	let calls = 0;
	const augment = (example: Example): Example => ({
		...example,
		label: 100 * ++calls + example.label,
	});
	const cached = range(0, 6).map(augment).cache();
	const first = await labels(cached);
	assert.equal(calls, 6);
	assert.deepEqual(await labels(cached), first);
	assert.deepEqual(await labels(cached.take(3)), first.slice(0, 3));
	assert.deepEqual(
		(await labels(cached.shuffle(6, { seed: 1 }))).sort((a, b) => a - b),
		[...first].sort((a, b) => a - b),
	);
	assert.equal(calls, 6);

	// What comes after it is computed every time, as in tf.data.
	let after = 0;
	const mapped = cached.map((example: Example): Example => {
		after++;
		return example;
	});
	await labels(mapped);
	await labels(mapped);
	assert.deepEqual([calls, after], [6, 12]);
	// Another cache of the same data set is another memory.
	await labels(range(0, 6).map(augment).cache());
	assert.equal(calls, 12);
});

test("a cache keeps its order even if no iteration reads it to its end, unlike tf.data's", () => {
	const part = range(0, 30).shuffle(30).cache().take(10);
	assert.deepEqual(ids(part), ids(part));
});

test("two iterations at once compute a cached element once", async () => {
	let calls = 0;
	const cached = range(0, 5)
		.map(async (example: Example): Promise<Example> => {
			await new Promise((done) => setTimeout(done, 5));
			return { ...example, label: ++calls };
		})
		.cache();
	const [one, two] = await Promise.all([labels(cached), labels(cached)]);
	assert.deepEqual(one, two);
	assert.equal(calls, 5);
});

test("what failed is not cached, but tried again", async () => {
	let failures = 2;
	let calls = 0;
	const cached = range(0, 3)
		.map(async (example: Example): Promise<Example> => {
			calls++;
			if (example.id === "1" && failures-- > 0) throw new Error("not yet");
			return example;
		})
		.cache();
	await assert.rejects(labels(cached), /not yet/);
	await assert.rejects(labels(cached), /not yet/);
	assert.deepEqual(await labels(cached), [0, 1, 2]);
	assert.equal(calls, 5);
});

test("concatenate keeps each part's own map, and the class names that are known", async () => {
	const plus = (n: number) => (example: Example) => ({
		...example,
		label: example.label + n,
	});
	const both = range(0, 2)
		.map(plus(10))
		.concatenate(range(2, 4).map(plus(20)));
	assert.deepEqual(await labels(both), [10, 11, 22, 20]);

	const named = ImageDataset.from(examples(0, 2), { classNames: ["a", "b"] });
	const other = ImageDataset.from(examples(0, 2), { classNames: ["b", "a"] });
	assert.deepEqual(named.concatenate(range(2, 4)).classNames, ["a", "b"]);
	assert.deepEqual(range(2, 4).concatenate(named).classNames, ["a", "b"]);
	assert.throws(
		() => named.concatenate(other),
		(error: Error) =>
			error instanceof TransferLearningError &&
			/classes a, b .* classes b, a/.test(error.message),
	);
});

test("filter sees examples as they were loaded, and is refused where that is not what passes on", () => {
	const toImage = (example: Example): ImageExample<number> => ({
		...example,
		image: { data: new Float32Array(3), shape: [1, 1, 3] },
	});
	const odd = ({ id }: Example) => Number(id) % 2 === 1;
	assert.deepEqual(ids(range(0, 6).filter(odd)), [1, 3, 5]);
	assert.deepEqual(ids(range(0, 6).filter(odd).map(toImage).take(2)), [1, 3]);
	const isRefused = (error: Error) =>
		error instanceof TransferLearningError &&
		/Put filter before map/.test(error.message);
	assert.throws(() => range(0, 6).map(toImage).filter(odd), isRefused);
	assert.throws(
		() => range(0, 6).concatenate(range(6, 9).map(toImage)).filter(odd),
		isRefused,
	);
	assert.throws(() => range(0, 6).map(toImage).cache().filter(odd), isRefused);
	for (const part of [
		range(0, 6).shuffle(6).take(3),
		range(0, 6).shuffle(6).skip(3),
		range(0, 6).shuffle(6).take(3).concatenate(range(6, 9)),
	]) {
		assert.throws(
			() => part.filter(odd),
			(error: Error) =>
				error instanceof TransferLearningError &&
				/filter needs the same elements.*reshuffleEachIteration: false/.test(
					error.message,
				),
		);
	}
	// A cache of what passed no map holds the examples as they were loaded; it fixes which they are, too.
	assert.deepEqual(ids(range(0, 6).cache().filter(odd)), [1, 3, 5]);
	const cached = range(0, 6).shuffle(6).take(3).cache();
	assert.deepEqual(ids(cached.filter(() => true)), ids(cached));
	const all = range(0, 6).shuffle(6).take(6);
	assert.deepEqual(ids(all.filter(odd)).sort(), [1, 3, 5]);
	assert.deepEqual(count(0, 6), ids(range(0, 6).filter(() => true)));
});
