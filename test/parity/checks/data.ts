import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { type Example, ImageDataset } from "transfer-learning";
import type { Oracle } from "../oracle";
import { concatenate, readPixels } from "../photos";
import { type Row, same } from "../row";

const photoCount = 200;

/** Orders to compare: the walkthrough's, a buffer smaller than the data set, and rests everywhere. */
const shuffles = [
	{ size: 1000, buffer: 1000, seed: 42, take: 800, iterations: 10 },
	{ size: 1000, buffer: 100, seed: 42, take: 800, iterations: 10 },
	{ size: 333, buffer: 7, seed: 3, take: 201, iterations: 3 },
];
type Case = (typeof shuffles)[number];

/** Batches of ids, of `take` and of `skip`, for each iteration. */
type Iterations = readonly (readonly [number[][], number[][]])[];

/** Preprocessing against TensorFlow's, and the order of examples against tf.data's. */
export async function compareData(
	oracle: Oracle,
	examples: readonly Example[],
): Promise<Row[]> {
	const photos = examples.slice(0, photoCount);
	const names = photos.map((_, i) => `photo-${i}`);
	for (const [i, photo] of photos.entries()) {
		const file = path.join(oracle.folder, names[i] ?? "");
		writeFileSync(file, await photo.read());
	}
	const orders = await oracle.ask<Iterations[]>("data.py", {
		photos: names,
		shuffles,
	});
	return [await comparePixels(oracle, photos), compareOrders(orders)];
}

async function comparePixels(
	oracle: Oracle,
	photos: readonly Example[],
): Promise<Row> {
	const expected = oracle.readFloats("pixels.bin");
	const images = await readPixels(photos, 128);
	const ours = concatenate(images.map(({ data }) => data));
	const different = ours.reduce(
		(count, value, i) => count + (Object.is(value, expected[i]) ? 0 : 1),
		0,
	);
	return same(
		`preprocessing, ${photos.length} photos`,
		"identical bits",
		different === 0 && ours.length === expected.length,
		`${different} of ${expected.length} values differ`,
	);
}

function compareOrders(orders: readonly Iterations[]): Row {
	const ours = shuffles.map(iterate);
	const leaks = [ours, orders].map((side) => leak(side[1] as Iterations));
	return same(
		"shuffle (buffer < n too), take, skip, batches with a rest: ids of each batch, and the leak",
		"equal sets",
		// Stricter: the order within each batch is the same, too.
		JSON.stringify(ours) === JSON.stringify(orders),
		`test ids trained on after 10 epochs: ${leaks.join(", in Python ")}`,
	);
}

function iterate({ size, buffer, seed, take, iterations }: Case): Iterations {
	const image = { data: new Float32Array(3), shape: [1, 1, 3] as const };
	const examples = Array.from({ length: size }, (_, i) => ({
		id: `${i}`,
		label: 0,
		read: () => Promise.reject(new Error("an id has no file")),
	}));
	const shuffled = ImageDataset.from(examples)
		.map((example) => ({ ...example, image }))
		.shuffle(buffer, { seed });
	const batches = (part: typeof shuffled) =>
		part
			.batch(32)
			.items()
			.map((batch) => batch.map(({ example }) => Number(example.id)));
	return Array.from({ length: iterations }, () => [
		batches(shuffled.take(take)),
		batches(shuffled.skip(take)),
	]);
}

/** How many of the last iteration's test ids some iteration trained on. */
function leak(iterations: Iterations): string {
	const trained = new Set(iterations.flatMap(([train]) => train.flat()));
	const test = iterations.at(-1)?.[1].flat() ?? [];
	return `${test.filter((id) => trained.has(id)).length} of ${test.length}`;
}
