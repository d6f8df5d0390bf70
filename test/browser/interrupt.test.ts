import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import {
	keepScreen,
	type Lab,
	restartAndRunAll,
	startLab,
	waitForCell,
} from "./lab";
import { writeCells } from "./notebooks";

const training = `import * as tf from '@tensorflow/tfjs-node-gpu';
import { fit, historyChart, load, preprocess, show } from 'transfer-learning';
const { train } = await load('cats_vs_dogs');
const batches = train.take(96).map(preprocess).batch(32);
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ inputShape: [128, 128, 3], filters: 32, kernelSize: 3, activation: 'relu' }),
    tf.layers.globalAveragePooling2d({}),
    tf.layers.dense({ units: 1, activation: 'sigmoid' }),
  ],
});
model.compile({ optimizer: tf.train.adam(0.001), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
const history = await fit(model, batches, { epochs: 1000, validationData: batches });
console.log('this cell goes on');`;

const afterwards = `console.log('epochs kept:', history.loss.length, history.val_accuracy.length, history.seconds.length);
show(historyChart(history));`;

let lab: Lab;
let page: Page;
const errors: string[] = [];

before(async () => {
	const name = writeCells("interrupt.ipynb", [training, afterwards]);
	lab = await startLab();
	page = await lab.open(name, errors);
});

after(() => lab.close());

test("interrupting the kernel ends a training, keeps its history, and the next cell runs", {
	timeout: 240_000,
}, async () => {
	await restartAndRunAll(page);
	const [first, second] = [0, 1].map((i) =>
		page.locator(".jp-CodeCell").nth(i),
	);
	assert.ok(first && second);
	await first
		.getByText(/Epoch ([4-9]|\d\d+)\/1000/)
		.waitFor({ timeout: 90_000 });
	await keepScreen(page, "training");
	assert.equal(await first.locator("progress").count(), 1);
	assert.equal(await first.locator("svg polyline").count(), 4);
	await page
		.locator('[data-command="notebook:interrupt-kernel"]')
		.first()
		.click();
	await waitForCell(page, 2, 30_000);

	assert.match(await first.innerText(), /Interrupted in epoch \d+\/1000/);
	assert.match(await first.innerText(), /this cell goes on/);
	assert.equal(await first.locator("progress").count(), 0);
	const kept = /epochs kept: (\d+) (\d+) (\d+)/.exec(await second.innerText());
	assert.ok(kept);
	const [epochs, ...others] = kept.slice(1).map(Number);
	assert.ok((epochs ?? 0) >= 3 && (epochs ?? 0) < 1000);
	assert.deepEqual(others, [epochs, epochs]);
	assert.equal(await first.locator("tbody tr").count(), epochs);
	await second.locator(".js-plotly-plot").waitFor();
	await keepScreen(page, "interrupted");
	assert.deepEqual(errors, []);
});
