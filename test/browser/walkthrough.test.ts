import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import {
	keepScreen,
	type Lab,
	restartAndRunAll,
	save,
	startLab,
	waitForCell,
	waitForIdle,
	workDir,
} from "./lab";
import { writeShortWalkthrough } from "./notebooks";
import { assertHover, assertImages, exportPage, listCharts } from "./page";

// Accuracy, validation accuracy and the best epoch; the same for loss.
const charts = [
	["MobileNetV2, split reshuffled in every epoch", 6],
	["MobileNetV2, one fixed split", 6],
	["A network from scratch", 6],
];
const notebook = writeShortWalkthrough();
const errors: string[] = [];
let lab: Lab;
let page: Page;

before(async () => {
	lab = await startLab();
	page = await lab.open(notebook, errors);
});

after(() => lab.close());

test("all cells of the walkthrough run in JupyterLab", {
	timeout: 600_000,
}, async () => {
	await restartAndRunAll(page);
	for (let cell = 1; cell <= 11; cell++) await waitForCell(page, cell);
	await waitForIdle(page);
	await save(page);
});

test("JupyterLab shows every chart once, with its traces", async () => {
	await page
		.locator(".js-plotly-plot")
		.nth(charts.length - 1)
		.waitFor();
	assert.deepEqual(await listCharts(page), charts);
	await assertHover(page);
});

test("JupyterLab shows the three grids of images", async () => {
	await assertImages(page, 3);
	// High enough for the longest cell.
	await page.setViewportSize({ width: 1280, height: 2400 });
	for (const cell of [3, 7, 9, 10, 11]) {
		const shown = page.locator(".jp-CodeCell").nth(cell - 1);
		await keepScreen(shown, `in-${cell}`);
	}
});

test("the progress of a training ends as a table, a row an epoch", async () => {
	const tables = await page.locator(".jp-OutputArea table").all();
	assert.equal(tables.length, 3);
	for (const table of tables) {
		assert.equal(await table.locator("tbody tr").count(), 2);
	}
	assert.equal(await page.locator(".jp-OutputArea progress").count(), 0);
});

test("JupyterLab has nothing to complain of", () => {
	assert.deepEqual(errors, []);
});

test("the executed notebook is smaller than 6 MB", () => {
	assert.ok(fs.statSync(path.join(workDir, notebook)).size < 6e6);
});

test("the exported page shows everything from disk, offline, and asks for nothing", async () => {
	const exported = await exportPage(lab.browser, notebook);
	assert.deepEqual(await listCharts(exported.page), charts);
	await assertHover(exported.page);
	await assertImages(exported.page, 3);
	assert.equal(await exported.page.locator("table").count(), 3);
	const large = await exported.page
		.locator("script")
		.evaluateAll((scripts) =>
			scripts.map(({ textContent }) => textContent?.length ?? 0),
		);
	assert.equal(large.filter((length) => length > 1e6).length, 1);
	assert.deepEqual(exported.requests, []);
	assert.deepEqual(exported.errors, []);
	await exported.close();
});
