import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
	confusionChart,
	historyChart,
	imageGrid,
	show,
} from "transfer-learning";
import { benchmarkChart } from "../../bench/charts.cjs";
import { setDataNote } from "../../lib/dist/data_note";
import { madeUpImages } from "../support/images";

const history = {
	loss: [0.7, 0.4],
	accuracy: [0.5, 0.75],
	val_loss: [],
	val_accuracy: [],
	seconds: [3, 1],
};

/** What `show` prints. */
function shown(t: TestContext, ...args: Parameters<typeof show>): string {
	const log = t.mock.method(console, "log", () => {});
	show(...args);
	return log.mock.calls.map(({ arguments: [text] }) => text).join("\n");
}

test("outside a notebook a chart is printed as a table", (t) => {
	assert.equal(
		shown(t, historyChart(history, { title: "A run" })),
		`A run
Epoch  Accuracy  Best Epoch    Loss  Best Epoch
    1    0.5000              0.7000            
    2    0.7500      0.7500  0.4000      0.4000`,
	);
});

test("bars that lie and matrices are printed as tables too", (t) => {
	const spread = { median: 2, min: 1, max: 4 };
	const stages = [{ name: "load", ours: spread, keras: spread, ratio: 1 }];
	assert.equal(
		shown(t, benchmarkChart(stages)),
		`      TypeScript  Keras
load           2      2`,
	);
	assert.equal(
		shown(
			t,
			confusionChart([0, 1, 1], [[0.1], [0.2], [0.9]], {
				classNames: ["R&D", "<b>"],
			}),
		),
		`     R&D  <b>
R&D    1    0
<b>    1    1`,
	);
});

test("what the data need to be told is on every chart and image", async (t) => {
	setDataNote("Drawings, not photos");
	t.after(() => setDataNote(undefined));
	assert.match(shown(t, historyChart(history)), /^Drawings, not photos\n/);
	const grid = await imageGrid(madeUpImages(2), { title: "Two" });
	assert.match(shown(t, grid), /^Two – Drawings, not photos\n/);
});
