import assert from "node:assert/strict";
import { test } from "node:test";
import {
	comparisonChart,
	confidenceChart,
	confusionChart,
	type Figure,
	type History,
	historyChart,
	labelChart,
	rocChart,
} from "transfer-learning";
import { benchmarkChart, growthChart } from "../../bench/charts.cjs";
import { runPython, writeJson } from "../support/python";

const history: History = {
	loss: [0.7, 0.4, 0.5],
	accuracy: [0.5, 0.75, 0.75],
	val_loss: [0.6, 0.5, 0.45],
	val_accuracy: [0.6, 0.8, 0.8],
	seconds: [3, 1, 1],
};
const empty: History = {
	loss: [],
	accuracy: [],
	val_loss: [],
	val_accuracy: [],
	seconds: [],
};
// Rounded, so that some probabilities are equal.
const predictions = Array.from({ length: 120 }, (_, i) => [
	Math.round(50 + 50 * Math.sin(i * 7.3)) / 100,
]);
const labels = predictions.map(([probability = 0], i) =>
	Number(probability + ((i % 9) - 4) / 12 > 0.5),
);
const spread = { median: 2, min: 1, max: 4 };

const figures: Record<string, Figure> = {
	history: historyChart(history, { title: "title" }),
	empty: historyChart(empty),
	comparison: comparisonChart({ one: history, two: empty }),
	losses: comparisonChart({ one: history }, { metric: "val_loss" }),
	labels: labelChart({ cat: 515, dog: 485 }),
	confusion: confusionChart(labels, predictions),
	roc: rocChart(labels, predictions),
	confidence: confidenceChart(labels, predictions),
	benchmark: benchmarkChart([
		{ name: "load", ours: spread, keras: spread, ratio: 1 },
		{ name: "memory", ours: spread, keras: spread, ratio: 1 },
	]),
	growth: growthChart([{ photos: 500, seconds: 2, memory: 1e9 }]),
};

/** A trace as these tests look at it. */
function trace(figure: Figure | undefined, name: string) {
	const found = figure?.data.find((data) => data.name === name);
	assert.ok(found, name);
	return found as { x: unknown[]; y: unknown[] };
}

test("every chart is what Plotly's own schema allows", () => {
	const script = `
import json, sys
import plotly.graph_objects as go
def check(figure):
    try:
        go.Figure(figure)
    except ValueError as error:
        return str(error)
figures = json.load(open(sys.argv[1]))
print(json.dumps({name: check(figure) for name, figure in figures.items()}))`;
	const errors = runPython<Record<string, unknown>>(script, [
		writeJson(figures),
	]);
	assert.deepEqual(Object.keys(errors), Object.keys(figures));
	for (const [name, error] of Object.entries(errors)) {
		assert.equal(error, null, name);
	}
});

test("a star marks the first epoch with the best validation", () => {
	const [accuracy, loss] = (figures.history?.data ?? [])
		.filter(({ name }) => name === "Best Epoch")
		.map((data) => data as { x: unknown[]; y: unknown[] });
	assert.deepEqual([accuracy?.x, accuracy?.y], [[2], [0.8]]);
	assert.deepEqual([loss?.x, loss?.y], [[3], [0.45]]);
});

test("without validation data the star judges the training", () => {
	const { loss, seconds } = history;
	const chart = historyChart({ loss, val_loss: [], seconds });
	assert.deepEqual(
		chart.data.map(({ name }) => name),
		["Loss", "Best Epoch"],
	);
	assert.deepEqual(trace(chart, "Best Epoch").x, [2]);
});

test("a history without an epoch, as after an early interruption, makes an empty chart", () => {
	assert.deepEqual(
		figures.empty?.data.flatMap(
			(data) => trace({ data: [data], layout: {} }, data.name ?? "").x,
		),
		[],
	);
});

test("the confusion matrix is TensorFlow's", () => {
	const script = `
import json, sys, tensorflow as tf
task = json.load(open(sys.argv[1]))
said = [int(p[0] >= 0.5) for p in task['predictions']]
print(json.dumps(tf.math.confusion_matrix(task['labels'], said).numpy().tolist()))`;
	const expected = runPython(script, [writeJson({ labels, predictions })]);
	const [matrix] = figures.confusion?.data ?? [];
	assert.deepEqual((matrix as { z: unknown }).z, expected);
});

test("the area under the ROC curve is the share of pairs in the right order, ties counting half", () => {
	const scores = (label: number) =>
		predictions.filter((_, i) => labels[i] === label).map(([p]) => p ?? 0);
	const pairs = scores(1).flatMap((dog) =>
		scores(0).map((cat) => (dog > cat ? 1 : dog === cat ? 0.5 : 0)),
	);
	const area =
		pairs.reduce<number>((sum, pair) => sum + pair, 0) / pairs.length;
	const { x, y } = trace(figures.roc, `Model, area ${area.toFixed(3)}`);
	assert.deepEqual([x[0], y[0], x.at(-1), y.at(-1)], [0, 0, 1, 1]);
});

test("charts of predictions refuse what does not fit together", () => {
	assert.throws(() => confusionChart([0, 1], [[0.5]]), {
		name: "TransferLearningError",
		message: /2 labels and 1 predictions/,
	});
	assert.throws(() => rocChart([1, 1], [[0.5], [0.6]]), {
		name: "TransferLearningError",
		message: /both labels/,
	});
});

test("every example is in one bin of its label in the histogram of confidence", () => {
	const counts = (figures.confidence?.data ?? []).map(
		(data) => (data as { x: unknown[] }).x.length,
	);
	const dogs = labels.filter((label) => label === 1).length;
	assert.deepEqual(counts, [labels.length - dogs, dogs]);
});

test("the benchmark's chart leaves out memory, which is not in seconds", () => {
	assert.deepEqual(trace(figures.benchmark, "TypeScript").y, ["load"]);
});
