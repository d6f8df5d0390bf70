import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { benchmarkChart, growthChart } from "../../bench/charts.cjs";
import { measureContrasts } from "./contrast";
import {
	keepScreen,
	type Lab,
	restartAndRunAll,
	save,
	startLab,
	waitForCell,
} from "./lab";
import { writeCells } from "./notebooks";
import { assertHover, assertResize, exportPage, listCharts } from "./page";

const spread = (median: number) => ({
	median,
	min: median * 0.9,
	max: median * 1.2,
});
const stages = ["load", "features", "transfer"].map((name, i) => ({
	name,
	ours: spread(i + 1),
	keras: spread(10 * i + 3),
	ratio: 1,
}));
const growth = [500, 1000, 2000].map((photos) => ({
	photos,
	seconds: photos / 200,
	memory: photos * 1e6,
}));
const cell = `import {
  comparisonChart, confidenceChart, confusionChart, historyChart, labelChart, rocChart, show,
} from 'transfer-learning';
const run = {
  loss: [0.7, 0.5, 0.4], accuracy: [0.5, 0.7, 0.8], val_loss: [0.6, 0.5, 0.6], val_accuracy: [0.6, 0.8, 0.7], seconds: [1, 1, 1],
};
const predictions = Array.from({ length: 200 }, (_, i) => [(i * 37 % 200) / 200]);
const labels = predictions.map(([probability], i) => Number(probability + (i % 7) / 10 > 0.7));
show(historyChart(run, { title: 'historyChart' }));
show(comparisonChart({ 'first run': run, 'second run': { ...run, val_accuracy: [0.5, 0.6, 0.75] } }, { title: 'comparisonChart' }));
show(labelChart({ cat: 515, dog: 485 }, { title: 'labelChart' }));
show(confusionChart(labels, predictions, { title: 'confusionChart' }));
show(rocChart(labels, predictions, { title: 'rocChart' }));
show(confidenceChart(labels, predictions, { title: 'confidenceChart' }));
show(${JSON.stringify(benchmarkChart(stages, "benchmarkChart"))});
show(${JSON.stringify(growthChart(growth, "growthChart"))});`;

const charts = [
	["historyChart", 6],
	["comparisonChart", 2],
	["labelChart", 1],
	["confusionChart", 1],
	["rocChart", 2],
	["confidenceChart", 2],
	["benchmarkChart", 2],
	["growthChart", 2],
];
const notebook = writeCells("charts.ipynb", [cell]);
let lab: Lab;

before(async () => {
	lab = await startLab();
});

after(() => lab.close());

for (const theme of ["Light", "Dark"] as const) {
	test(`every kind of chart is drawn, readable and tells its values in JupyterLab's theme ${theme}`, async () => {
		const errors: string[] = [];
		lab.setTheme(theme);
		const page = await lab.open(notebook, errors);
		await restartAndRunAll(page);
		await waitForCell(page, 1, 60_000);
		const shown = page.locator(".js-plotly-plot");
		await shown.nth(charts.length - 1).waitFor();
		assert.deepEqual(await listCharts(page), charts);
		const ratios = await measureContrasts(shown);
		for (const ratio of ratios) assert.ok(ratio >= 4, String(ratio));
		for (const [i, chart] of (await shown.all()).entries()) {
			await keepScreen(chart, `${charts[i]?.[0]}-${theme.toLowerCase()}`);
		}
		await assertResize(page);
		await assertHover(page);
		await save(page);
		await page.close();
		assert.deepEqual(errors, []);
	});
}

test("every kind of chart is drawn on the exported page, offline", async () => {
	const exported = await exportPage(lab.browser, notebook);
	assert.deepEqual(await listCharts(exported.page), charts);
	await assertResize(exported.page);
	await assertHover(exported.page);
	assert.deepEqual(exported.requests, []);
	assert.deepEqual(exported.errors, []);
	await exported.close();
});
