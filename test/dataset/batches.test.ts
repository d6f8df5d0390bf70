import assert from "node:assert/strict";
import { test } from "node:test";
import {
	type Batch,
	type BatchedDataset,
	type Example,
	ImageDataset,
	type ImageExample,
	type Label,
	TransferLearningError,
} from "transfer-learning";
import { tf } from "../../lib/dist/tf";

/** Images of one pixel, whose values are their labels; `relabel` then changes the labels. */
const makeImages = (
	count: number,
	relabel: (label: number) => Label = (label) => label,
) =>
	ImageDataset.from(
		Array.from({ length: count }, (_, i) => ({
			id: `photo ${i}`,
			label: i % 3,
			read: () => Promise.reject(new Error("nobody should read this")),
		})),
	).map(
		(example: Example): ImageExample => ({
			...example,
			label: relabel(example.label),
			image: {
				data: new Float32Array(3).fill(example.label),
				shape: [1, 1, 3],
			},
		}),
	);

/** All batches' targets; the tensors are disposed. */
async function targets(batches: BatchedDataset) {
	const found: { shape: number[]; values: unknown }[] = [];
	for await (const { xs, ys } of batches) {
		found.push({ shape: ys.shape, values: ys.arraySync() });
		assert.equal(ys.dtype, "float32");
		tf.dispose([xs, ys]);
	}
	return found;
}

const isRefused = (message: RegExp) => (error: Error) => {
	assert.ok(error instanceof TransferLearningError, String(error.stack));
	assert.match(error.message, message);
	return true;
};

test("labels that a map changed reach the batch as numbers [n, 1] or as rows [n, k]", async () => {
	assert.deepEqual(await targets(makeImages(4).batch(3)), [
		{ shape: [3, 1], values: [[0], [1], [2]] },
		{ shape: [1, 1], values: [[0]] },
	]);
	const regression = makeImages(3, (label) => label / 4 - 1);
	assert.deepEqual(await targets(regression.batch(3)), [
		{ shape: [3, 1], values: [[-1], [-0.75], [-0.5]] },
	]);
	const rows = [
		[1, 0, 0],
		[0, 1, 0],
		[0, 0, 1],
	];
	const kinds: ((label: number) => Label)[] = [
		(label) => rows[label] as number[],
		(label) => Float32Array.from(rows[label] as number[]),
	];
	for (const oneHot of kinds) {
		assert.deepEqual(await targets(makeImages(3, oneHot).batch(3)), [
			{ shape: [3, 3], values: rows },
		]);
	}
});

test("labels of different lengths, and what is no number, are refused by the photo's name", async () => {
	const before = tf.memory().numTensors;
	const mixed = makeImages(3, (label) => (label === 2 ? [0, 1] : label));
	await assert.rejects(
		targets(mixed.batch(3)),
		isRefused(/label of photo 2 has 2 values, and that of photo 0 .* has 1/),
	);
	for (const [odd, shown] of [
		[Number.NaN, "NaN"],
		[[0, Number.POSITIVE_INFINITY], "\\[ 0, Infinity \\]"],
		["dog", "'dog'"],
	] as [Label, string][]) {
		const strange = makeImages(3, (label) =>
			label === 1 ? odd : typeof odd === "object" ? [0, 1] : 0,
		);
		await assert.rejects(
			targets(strange.batch(3)),
			isRefused(new RegExp(`label of photo 1 is ${shown}`)),
		);
	}
	const missing = makeImages(3, (label) =>
		label === 1 ? (undefined as unknown as Label) : label,
	);
	await assert.rejects(
		targets(missing.batch(3)),
		isRefused(/photo 1 has no label when it comes into a batch/),
	);
	assert.equal(tf.memory().numTensors, before);
});

test("a batch-level map changes images and labels, last batch included, and leaves no tensor behind", async () => {
	const seen: number[][] = [];
	const batches = makeImages(7)
		.batch(3)
		.prefetch(1)
		.map(({ xs, ys }) => ({ xs: xs.add(1).mul(2), ys: ys.neg() }))
		.map(({ xs, ys }) => {
			seen.push([...xs.shape]);
			return { xs: xs.sub(1), ys };
		});
	const before = tf.memory().numTensors;
	const values: number[] = [];
	for await (const { xs, ys } of batches) {
		assert.equal(tf.memory().numTensors, before + 2);
		const labels = [...ys.dataSync()].map((label) => Math.abs(label));
		values.push(...labels);
		assert.deepEqual(
			[...xs.dataSync()],
			labels.flatMap((label) => Array(3).fill((label + 1) * 2 - 1)),
		);
		tf.dispose([xs, ys]);
	}
	assert.equal(tf.memory().numTensors, before);
	assert.deepEqual(values, [0, 1, 2, 0, 1, 2, 0]);
	assert.deepEqual(seen, [
		[3, 1, 1, 3],
		[3, 1, 1, 3],
		[1, 1, 1, 3],
	]);
	assert.equal(batches.size, 3);
	assert.equal(batches.bufferSize, 1);
});

test("the caller owns what a batch-level map returns, the tensors that it got among it", async () => {
	const maps: ((batch: Batch) => Batch)[] = [
		(batch) => batch,
		({ xs, ys }) => ({ xs, ys: ys.add(1) }),
		({ xs }) => ({ xs, ys: xs }),
		({ xs, ys }) => {
			const flipped = xs.neg();
			xs.dispose();
			return { xs: flipped, ys };
		},
	];
	for (const map of maps) {
		const before = tf.memory().numTensors;
		for await (const { xs, ys } of makeImages(4).batch(2).map(map)) {
			assert.ok(xs.dataSync().length > 0 && ys.dataSync().length > 0);
			tf.dispose([xs, ys]);
		}
		assert.equal(tf.memory().numTensors, before);
	}
});

test("a batch-level map that throws, or gives no tensors, leaves none behind; the error says so", async () => {
	const cases: [(batch: Batch) => Batch, RegExp][] = [
		[
			({ xs }) => {
				xs.add(1);
				throw new TransferLearningError("no luck");
			},
			/^no luck$/,
		],
		[
			(async ({ xs, ys }: Batch) => ({ xs, ys })) as never,
			/map.*batches.*return \{ xs, ys \}.*two tensors/,
		],
		[
			(({ xs }: Batch) => ({ xs })) as never,
			/map.*batches.*return \{ xs, ys \}.*two tensors/,
		],
		[(() => undefined) as never, /map.*batches.*return \{ xs, ys \}/],
	];
	for (const [map, message] of cases) {
		const before = tf.memory().numTensors;
		await assert.rejects(
			targets(makeImages(4).batch(2).map(map)),
			isRefused(message),
		);
		assert.equal(tf.memory().numTensors, before);
	}
});

test("a batch-level map that gives another number of targets than of examples is refused", async () => {
	const batches = makeImages(8).batch(4);
	const before = tf.memory().numTensors;
	for (const [map, numbers] of [
		[({ xs, ys }: Batch) => ({ xs, ys: ys.slice([0], [1]) }), "4.* and .* 1"],
		[({ xs, ys }: Batch) => ({ xs: xs.slice([0], [1]), ys }), "1.* and .* 4"],
		[({ xs, ys }: Batch) => ({ xs, ys: ys.sum() }), "4.* and .* 0"],
	] as const) {
		await assert.rejects(
			batches.map(map)[Symbol.asyncIterator]().next(),
			new RegExp(`xs with ${numbers}\\. Return the same number of both`),
		);
	}
	assert.equal(tf.memory().numTensors, before);
});

test("an image with fewer or more values than its shape is refused, and so is a label that is not a number", async () => {
	const next = (change: (element: ImageExample) => unknown) =>
		makeImages(4)
			.map(change as (element: ImageExample) => ImageExample)
			.batch(4)
			[Symbol.asyncIterator]()
			.next();
	for (const count of [0, 2, 4]) {
		await assert.rejects(
			next((element) => ({
				...element,
				image: { data: new Float32Array(count), shape: [1, 1, 3] },
			})),
			new RegExp(`photo 0 has the shape 1 x 1 x 3 but ${count} values`),
		);
	}
	for (const label of [true, 1n, { class: 1 }]) {
		await assert.rejects(
			next((element) => ({ ...element, label })),
			/The label of photo 0 is .*\. A label is a number or a list/,
		);
	}
	await assert.rejects(
		next((element) => ({ ...element, label: null })),
		/photo 0 has no label/,
	);
});
