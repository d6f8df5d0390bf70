import assert from "node:assert/strict";
import { test } from "node:test";
import {
	comparisonChart,
	type Figure,
	type History,
	historyChart,
} from "transfer-learning";
import { formatFigure } from "../../lib/dist/charts/figure_text";
import { chartSvg, historyTable } from "../../lib/dist/notebook/training_html";
import {
	formatEpochs,
	formatMetrics,
} from "../../lib/dist/notebook/training_text";
import { runPython, writeJson } from "../support/python";

const lossOnly: History = { loss: [0.7, 0.4], val_loss: [], seconds: [1, 1] };
const regression: History = {
	loss: [70.5, 4],
	mse: [70.5, 4],
	cosine: [-0.5, -0.9],
	val_loss: [80, 6],
	val_mse: [80, 6],
	val_cosine: [-0.4, -0.8],
	seconds: [1, 1],
};
const broken: History = {
	loss: [0.7, Number.NaN, Number.POSITIVE_INFINITY, 0.5],
	accuracy: [0.5, 0.6, Number.NaN, 0.7],
	val_loss: [],
	val_accuracy: [],
	seconds: [1, 1, 1, 1],
};
const single: History = {
	loss: [0.7],
	accuracy: [0.5],
	val_loss: [],
	val_accuracy: [],
	seconds: [1],
};
const interrupted: History = {
	loss: [],
	precision: [],
	val_loss: [],
	val_precision: [],
	seconds: [],
};
const histories = { lossOnly, regression, broken, single, interrupted };

/** The history without its metrics, of which `historyChart` shows the loss alone. */
const lossOf = ({ loss, val_loss, seconds }: History): History => ({
	loss,
	val_loss,
	seconds,
});
const names = ({ data }: Figure) => data.map(({ name }) => name);

test("a history without accuracy is drawn with its first other metric, or with the loss alone", () => {
	assert.deepEqual(names(historyChart(lossOnly)), ["Loss", "Best Epoch"]);
	assert.equal(historyChart(lossOnly).layout.xaxis2, undefined);
	assert.deepEqual(names(historyChart(regression)), [
		"mse",
		"Validation mse",
		"Best Epoch",
		"Loss",
		"Validation Loss",
		"Best Epoch",
	]);
	// The least error is the best.
	const best = historyChart(regression).data[2] as { y: number[] };
	assert.deepEqual(best.y, [6]);
	const { yaxis } = historyChart(regression).layout;
	assert.deepEqual(yaxis?.title, { text: "mse" });
	assert.equal(yaxis?.range, undefined);
});

test("an unknown metric marks no epoch as the best", () => {
	const { val_cosine = [], cosine = [] } = regression;
	const chart = historyChart({
		loss: [2, 1],
		val_loss: [],
		seconds: [1, 1],
		cosine,
		val_cosine,
	});
	assert.deepEqual(names(chart), [
		"cosine",
		"Validation cosine",
		"Loss",
		"Best Epoch",
	]);
});

test("what is not a number is a gap, and said in words", () => {
	const chart = historyChart(lossOf(broken));
	assert.deepEqual((chart.data[0] as { y: unknown }).y, [0.7, null, null, 0.5]);
	assert.deepEqual(names(chart), ["Loss", "Best Epoch"]);
	assert.deepEqual(chart.layout.yaxis?.title, {
		text: "Loss (gap: not a number)",
	});
	const { yaxis, yaxis2 } = historyChart({
		...broken,
		accuracy: [0, 0, 0, 0],
	}).layout;
	assert.deepEqual(yaxis?.title, { text: "Accuracy" });
	assert.deepEqual(yaxis2?.title, { text: "Loss (gap: not a number)" });
	const best = chart.data[1] as { x: unknown; y: unknown };
	assert.deepEqual([best.x, best.y], [[4], [0.5]]);
	assert.match(formatFigure(chart), /2 +not a number/);
	assert.match(historyTable(broken), /<td>not a number<\/td>/);
	assert.match(
		formatEpochs(broken, 4)[1] ?? "",
		/loss: not a number - accuracy: 0\.6000$/,
	);
	const metrics = formatMetrics({ loss: Number.NaN });
	assert.deepEqual(metrics, ["loss: not a number"]);
	assert.match(chartSvg(broken, 4), /not a number/);
	const nothing = { ...broken, loss: broken.loss.map(() => Number.NaN) };
	assert.deepEqual(names(historyChart(lossOf(nothing))), ["Loss"]);
});

test("tiny values are not rounded to nothing", () => {
	assert.deepEqual(formatMetrics({ loss: 0.000012, mse: 0 }), [
		"loss: 1.2000e-5",
		"mse: 0.0000",
	]);
});

test("every history makes charts that Plotly's schema allows, and an SVG whose coordinates are numbers in its frame", () => {
	const figures = Object.fromEntries(
		Object.entries(histories).flatMap(([name, history]) => [
			[name, historyChart(history)],
			[`${name} loss`, historyChart(lossOf(history))],
			[`${name} compared`, comparisonChart({ one: history, two: history })],
		]),
	);
	const script = `
import json, sys
import plotly.graph_objects as go
def check(figure):
    try:
        go.Figure(figure)
    except ValueError as error:
        return str(error)
print(json.dumps({name: check(figure) for name, figure in json.load(open(sys.argv[1])).items()}))`;
	const errors = runPython<Record<string, unknown>>(script, [
		writeJson(figures),
	]);
	assert.deepEqual(
		errors,
		Object.fromEntries(Object.keys(figures).map((name) => [name, null])),
	);
	for (const [name, history] of Object.entries(histories)) {
		const svg = chartSvg(history, 4);
		assert.doesNotMatch(svg, /NaN|Infinity|undefined/, name);
		const height = Number(/height="(\d+)"/.exec(svg)?.[1]);
		for (const [, points = ""] of svg.matchAll(/points="([^"]+)"/g)) {
			for (const point of points.split(" ")) {
				const y = Number(point.split(",")[1]);
				assert.ok(y >= 0 && y <= height, `${name}: ${point}`);
			}
		}
	}
});

test("the SVG has a panel for the metric and one for the loss, or the loss alone", () => {
	const panels = (history: History) =>
		[...chartSvg(history, 2).matchAll(/<text [^>]*y="14">(\w+) /g)].map(
			([, name]) => name,
		);
	assert.deepEqual(panels(lossOnly), ["loss"]);
	assert.deepEqual(panels(regression), ["mse", "loss"]);
	assert.deepEqual(panels(single), ["accuracy", "loss"]);
	assert.deepEqual(panels(interrupted), ["precision", "loss"]);
});

test("a comparison takes a metric that the runs have, and refuses one that they do not", () => {
	const yTitle = (figure: Figure) => figure.layout.yaxis?.title;
	assert.deepEqual(yTitle(comparisonChart({ lossOnly })), { text: "loss" });
	assert.deepEqual(yTitle(comparisonChart({ regression })), {
		text: "validation loss",
	});
	assert.deepEqual(yTitle(comparisonChart({ single, lossOnly })), {
		text: "accuracy",
	});
	assert.deepEqual(names(comparisonChart({ single, lossOnly })), [
		"single",
		"lossOnly (no accuracy)",
	]);
	// A run without the metric is in the legend, and no row of the table.
	assert.equal(
		formatFigure(comparisonChart({ single, lossOnly })),
		`Epoch  single  lossOnly (no accuracy)
    1  0.5000                        `,
	);
	assert.throws(() => comparisonChart({ lossOnly }, { metric: "val_auc" }), {
		name: "TransferLearningError",
		message: /val_auc.*loss/s,
	});
});

test("names of runs and metrics stand for themselves", () => {
	const history = { ...lossOnly, "a<b>": [1, 2], "val_a<b>": [] };
	assert.equal(names(historyChart(history))[0], "a&lt;b&gt;");
	assert.equal(
		names(comparisonChart({ "<i>": history }, { metric: "loss" }))[0],
		"&lt;i&gt;",
	);
	assert.doesNotMatch(chartSvg(history, 2), /a<b>/);
	assert.match(historyTable(history), /<th>a&lt;b&gt;<\/th>/);
});
