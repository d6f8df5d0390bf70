import assert from "node:assert/strict";
import { test } from "node:test";
import {
	confidenceChart,
	confusionChart,
	type Figure,
	ImageDataset,
	labelChart,
	rocChart,
} from "transfer-learning";
import { runPython, writeJson } from "../support/python";

const classNames = ["ant", "bee", "fly", "bug"];
const labels = Array.from({ length: 80 }, (_, i) => (i * 7) % 4);
/** Softmax rows that are often right, rounded, so that some are equal. */
const rows = labels.map((label, i) => {
	const raw = classNames.map((_, k) =>
		Math.round(
			10 * (1 + Math.sin(i * 3.1 + k * 5.3) + (k === label ? 1.2 : 0)),
		),
	);
	const sum = raw.reduce((a, b) => a + b);
	return raw.map((value) => value / sum);
});
const oneHot = labels.map((label) =>
	classNames.map((_, k) => Number(k === label)),
);

const refusal = (message: RegExp) => ({
	name: "TransferLearningError",
	message,
});

function examples(from: readonly number[]) {
	return from.map((label, i) => ({
		id: `image ${i}`,
		label,
		read: () => Promise.reject(new Error("no file")),
	}));
}

function matrix(figure: Figure) {
	return figure.data[0] as { x: string[]; y: string[]; z: number[][] };
}

/** The area under the curve as Mann and Whitney's U: the share of pairs in the right order, ties counting half. */
function areaByRanks(positive: (label: number) => boolean, k: number): number {
	const scores = (side: boolean) =>
		rows
			.filter((_, i) => positive(labels[i] as number) === side)
			.map((row) => row[k] as number);
	const pairs = scores(true).flatMap((one) =>
		scores(false).map((other) => (one > other ? 1 : one === other ? 0.5 : 0)),
	);
	return pairs.reduce<number>((sum, pair) => sum + pair, 0) / pairs.length;
}

test("the confusion matrix of four classes is TensorFlow's", () => {
	const script = `
import json, sys, tensorflow as tf
task = json.load(open(sys.argv[1]))
said = tf.argmax(task['rows'], axis=1)
print(json.dumps(tf.math.confusion_matrix(task['labels'], said).numpy().tolist()))`;
	const expected = runPython(script, [writeJson({ labels, rows })]);
	const chart = matrix(confusionChart(labels, rows, { classNames }));
	assert.deepEqual(chart.z, expected);
	assert.deepEqual([chart.x, chart.y], [classNames, classNames]);
	assert.deepEqual(matrix(confusionChart(oneHot, rows)).z, expected);
});

test("a softmax of two gives the charts that a sigmoid gives", () => {
	const two = labels.map((label) => label % 2);
	// At 0.5 the two differ: a sigmoid says 1, the first of equal outputs of a softmax 0.
	const sigmoid = rows.map(([p = 0]) => [p === 0.5 ? 0.51 : p]);
	const softmax = sigmoid.map(([p = 0]) => [1 - p, p]);
	for (const chart of [confusionChart, rocChart, confidenceChart]) {
		assert.deepEqual(chart(two, softmax), chart(two, sigmoid), chart.name);
	}
	assert.deepEqual(matrix(confusionChart([0, 1], [[0.5], [0.5]])).z, [
		[0, 1],
		[0, 1],
	]);
});

test("a model that is always right has an area of 1, whatever its kind of output", () => {
	const sure = [
		[0.9, 0.1],
		[0.2, 0.8],
	];
	assert.equal(rocChart([0, 1], sure).data[0]?.name, "Model, area 1.000");
	assert.equal(
		rocChart([0, 1], [[0.1], [0.8]]).data[0]?.name,
		"Model, area 1.000",
	);
});

test("of four classes each has a curve against the others, with the area of its ranks, and their mean has one", () => {
	const areas = classNames.map((_, k) =>
		areaByRanks((label) => label === k, k),
	);
	const mean = areas.reduce((a, b) => a + b) / areas.length;
	const { data } = rocChart(labels, rows, { classNames });
	assert.deepEqual(
		data.map(({ name }) => name),
		[
			...classNames.map((name, k) => `${name}, area ${areas[k]?.toFixed(3)}`),
			`Macro average, area ${mean.toFixed(3)}`,
			"Guessing",
		],
	);
	// The mean curve is drawn exactly: the area below it is the mean of the areas.
	const { x, y } = data[4] as { x: number[]; y: number[] };
	let area = 0;
	for (let i = 1; i < x.length; i++) {
		const [lastX = 0, nextX = 0] = [x[i - 1], x[i]];
		const [lastY = 0, nextY = 0] = [y[i - 1], y[i]];
		assert.ok(nextX >= lastX && nextY >= lastY);
		area += ((nextX - lastX) * (nextY + lastY)) / 2;
	}
	assert.ok(Math.abs(area - mean) < 1e-12);
});

test("a class without examples has no curve, and the average says so", () => {
	const chosen = labels.flatMap((label, i) => (label === 2 ? [] : [i]));
	const { data } = rocChart(
		chosen.map((i) => labels[i] as number),
		chosen.map((i) => rows[i] as number[]),
		{ classNames },
	);
	const names = data.map(({ name }) => String(name));
	assert.equal(names.length, 5);
	assert.match(names[3] ?? "", /^Macro average of 3 of 4 classes, area 0\.\d+/);
	assert.ok(!names.some((name) => name.startsWith("fly")));
});

test("confidence over several classes is that of the predicted class, for right and wrong predictions", () => {
	const { data } = confidenceChart(labels, rows);
	const right = rows.flatMap((row, i) => {
		const most = Math.max(...row);
		return row.indexOf(most) === labels[i] ? [most] : [];
	});
	assert.deepEqual(
		data.map(({ name }) => name),
		["Right", "Wrong"],
	);
	const [shown, wrong] = data as { x: number[] }[];
	assert.deepEqual(shown?.x, right);
	assert.equal(wrong?.x.length, labels.length - right.length);
});

test("a data set brings its labels and its class names", () => {
	const dataset = ImageDataset.from(examples(labels), { classNames });
	const expected = confusionChart(labels, rows, { classNames });
	assert.deepEqual(confusionChart(dataset, rows), expected);
	const others = ["a", "b", "c", "d"];
	const renamed = confusionChart(dataset, rows, { classNames: others });
	assert.deepEqual(matrix(renamed).x, others);
	assert.deepEqual(
		rocChart(dataset, rows),
		rocChart(labels, rows, { classNames }),
	);
	const counted = labelChart({ ant: 20, bee: 20, fly: 20, bug: 20 });
	assert.deepEqual(labelChart(dataset), counted);
	assert.deepEqual(labelChart(oneHot, { classNames }), counted);
});

test("a data set whose labels a map may have changed is refused", () => {
	const mapped = ImageDataset.from(examples(labels), { classNames }).map(
		(example) => ({ ...example, label: 0 }),
	);
	for (const draw of [
		() => confusionChart(mapped, rows),
		() => labelChart(mapped),
	]) {
		assert.throws(draw, refusal(/map.*before.*map/s));
	}
});

test("without names classes are numbers, never cat and dog", () => {
	assert.deepEqual(matrix(confusionChart(labels, rows)).x, [
		"0",
		"1",
		"2",
		"3",
	]);
	const two = [[0.2], [0.9]];
	for (const chart of [confusionChart, rocChart, confidenceChart]) {
		assert.doesNotMatch(JSON.stringify(chart([0, 1], two)), /\bcat\b|\bdog\b/i);
	}
	assert.match(JSON.stringify(rocChart([0, 1], two)), /label 0 predicted as/);
});

test("what is no prediction of these labels is refused with what to do", () => {
	const refused: [() => Figure, RegExp][] = [
		[() => confusionChart([0, 1], [[0.5], [0.5, 0.5]]), /rows of 1 and 2/],
		[() => confusionChart([0, 4], rows.slice(0, 2)), /label 4.*4 classes/],
		[() => confusionChart([0, 0.5], [[0.1], [0.5]]), /0\.5/],
		[() => confusionChart([0, -1], [[0.1], [0.5]]), /-1/],
		[() => confusionChart([0, 2], [[0.1], [0.5]]), /label 2.*sigmoid/],
		[() => confusionChart([0, 1], [[Number.NaN], [0.5]]), /NaN/],
		[
			() =>
				confusionChart(
					[0, 1],
					[
						[0.5, 0.5],
						[2.5, -1],
					],
				),
			/2\.5.*softmax/s,
		],
		[() => confusionChart([[1, 1, 0]], [[0.2, 0.3, 0.5]]), /one-hot/],
		[() => confusionChart([[0, 1]], [[0.2, 0.3, 0.5]]), /2 values.*3 classes/],
		[() => confusionChart([0], [[]]), /empty/],
		[
			() => confusionChart(labels, rows, { classNames: ["ant", "bee"] }),
			/2 names.*4 classes/,
		],
		[
			() => confusionChart([0, 1], [[0], [1]], { classNames: ["a", "a"] }),
			/twice|two classes/i,
		],
		[() => rocChart([0, 0], rows.slice(0, 2)), /same label/],
	];
	for (const [draw, message] of refused) {
		assert.throws(draw, refusal(message));
	}
});

test("class names stand for themselves in Plotly's text, and in the table", () => {
	const names = ['<b>"ant"</b>', "R&D\nlab", "&lt;", "🐝 $x$"];
	const { x } = matrix(confusionChart(labels, rows, { classNames: names }));
	assert.deepEqual(x, [
		'&lt;b&gt;"ant"&lt;/b&gt;',
		"R&amp;D lab",
		"&amp;lt;",
		"🐝 &#36;x&#36;",
	]);
	const roc = rocChart(labels, rows, { classNames: names });
	assert.match(String(roc.data[0]?.name), /^&lt;b&gt;"ant"&lt;\/b&gt;, area/);
});
