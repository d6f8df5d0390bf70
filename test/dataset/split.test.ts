import assert from "node:assert/strict";
import { test } from "node:test";
import {
	type Example,
	ImageDataset,
	split,
	TransferLearningError,
} from "transfer-learning";

/** As many examples of the labels 0, 1, … as the list says, label by label. */
const makeDataset = (...counts: readonly number[]) =>
	ImageDataset.from(
		counts.flatMap((count, label) =>
			Array.from({ length: count }, (_, i) => ({
				id: `${label}/${i}`,
				label,
				read: () => Promise.reject(new Error("nobody should read this")),
			})),
		),
	);
const ids = (dataset: ImageDataset<Example>) =>
	dataset.examples().map(({ id }) => id);
const thirds = { train: 0.7, validation: 0.1, test: 0.2 };

for (const stratified of [false, true]) {
	test(`${stratified ? "stratified" : "plain"} parts have nothing in common, leave nothing out, and stay as they are`, () => {
		const dataset = makeDataset(31, 50, 22);
		const parts = split(dataset, thirds, { stratified });
		const all = Object.values(parts).flatMap(ids);
		assert.equal(new Set(all).size, all.length);
		assert.deepEqual([...all].sort(), ids(dataset).sort());
		for (const [name, part] of Object.entries(parts)) {
			const fraction = thirds[name as keyof typeof thirds];
			assert.equal(part.size, part.examples().length);
			assert.ok(Math.abs(part.size - fraction * 103) <= 1, name);
			assert.deepEqual(ids(part), ids(part));
			// In the order of the data set.
			const kept = new Set(ids(part));
			assert.deepEqual(
				ids(part),
				ids(dataset).filter((id) => kept.has(id)),
			);
		}
		const again = split(dataset, thirds, { stratified });
		assert.deepEqual(ids(again.test), ids(parts.test));
		const other = split(dataset, thirds, { stratified, seed: 1 });
		assert.notDeepEqual(ids(other.test), ids(parts.test));
	});
}

test("shares that leave something over leave it out", () => {
	const { one, two } = split(makeDataset(20), { one: 0.25, two: 0.25 });
	assert.deepEqual([one.size, two.size], [5, 5]);
	assert.equal(new Set([...ids(one), ...ids(two)]).size, 10);
});

test("each stratified part has its share of each class, to within one example", () => {
	const cases = [
		[19, 74, 1, 1, 5],
		[15, 15, 15, 15, 15, 15, 15, 15, 15, 15],
		[500, 3],
		[7],
		[1, 1, 1, 1, 1, 1, 40],
	];
	const shares = [
		{ a: 0.7, b: 0.1, c: 0.2 },
		{ a: 0.47917, b: 0.2953, c: 0.14615, d: 0.07938 },
		{ a: 0.5, b: 0.5 },
	];
	for (const counts of cases) {
		const total = counts.reduce((sum, count) => sum + count, 0);
		for (const fractions of shares as Record<string, number>[]) {
			for (const seed of [0, 1, 2]) {
				const options = { stratified: true, seed };
				const parts = split(makeDataset(...counts), fractions, options);
				for (const [name, part] of Object.entries(parts)) {
					const share = fractions[name] as number;
					const what = `${name} of ${counts} by ${JSON.stringify(fractions)}`;
					for (const [label, count] of counts.entries()) {
						const found = part
							.examples()
							.filter((example) => example.label === label).length;
						assert.ok(Math.abs(found - share * count) < 1, what);
					}
					assert.ok(Math.abs(part.size - share * total) < 2, what);
				}
			}
		}
	}
});

test("a mapped and a reshuffled data set can be split; its parts are mapped, and shuffled again", async () => {
	const dataset = makeDataset(30, 30)
		.shuffle(60, { seed: 1 })
		.map((example: Example): Example => ({ ...example, label: 7 }));
	const { one, two } = split(
		dataset,
		{ one: 0.5, two: 0.5 },
		{ stratified: true },
	);
	const [first, second] = [ids(one), ids(one)];
	assert.notDeepEqual(first, second);
	assert.deepEqual([...first].sort(), [...second].sort());
	assert.equal(first.filter((id) => id.startsWith("0/")).length, 15);
	assert.ok(!ids(two).some((id) => first.includes(id)));
	for await (const { label } of two) assert.equal(label, 7);
});

test("what cannot be split is refused with the reason", () => {
	const dataset = makeDataset(10, 10);
	const isRefused = (message: RegExp) => (error: Error) => {
		assert.ok(error instanceof TransferLearningError, String(error));
		assert.match(error.message, message);
		return true;
	};
	for (const fractions of [
		{ train: 0.8, test: 0.3 },
		{ train: 0, test: 1 },
		{ train: -0.5, test: 0.5 },
		{ train: Number.NaN },
		{ train: 80, test: 20 },
	] as Record<string, number>[]) {
		assert.throws(
			() => split(dataset, fractions),
			isRefused(/shares above 0 that add up to 1 at most.*train: 0\.8/),
		);
	}
	assert.throws(
		() => split(dataset, { most: 0.99, rest: 0.01 }),
		isRefused(/"rest" would be empty: 0\.01 of 20 examples/),
	);
	assert.throws(
		() => split(dataset.concatenate(dataset), { a: 0.5, b: 0.5 }),
		isRefused(/same example twice.*before concatenate/),
	);
	assert.throws(
		() => split(dataset.shuffle(20).take(10), { a: 0.5, b: 0.5 }),
		isRefused(/split needs the same elements at every iteration/),
	);
});
