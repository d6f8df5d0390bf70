import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { python, root } from "../support/python";
import { contrasts } from "./contrast";
import {
	keepScreen,
	type Lab,
	listenForErrors,
	restartAndRunAll,
	startLab,
	waitForCell,
	workDir,
} from "./lab";
import { writeShortWalkthrough } from "./notebooks";

/** Charts of the walkthrough, and of the cell with all the others, with their numbers of traces. */
const charts = [
	["MobileNetV2, split reshuffled in every epoch", 6],
	["MobileNetV2, one fixed split", 6],
	["A network from nothing", 6],
	["accuracyChart", 3],
	["lossChart", 3],
	["comparisonChart", 2],
	["labelChart", 1],
	["confusionChart", 1],
	["rocChart", 2],
	["confidenceChart", 2],
	["benchmarkChart", 2],
	["growthChart", 2],
] as const;

let lab: Lab;
let page: Page;
const errors: string[] = [];

before(async () => {
	const name = writeShortWalkthrough();
	lab = await startLab();
	page = await lab.open(name, errors);
});

after(() => lab.close());

/** Titles and numbers of traces of the page's charts, in their order. */
function listCharts(shown: Page) {
	return shown.locator(".js-plotly-plot").evaluateAll((elements) =>
		elements.map((element) => {
			const { data, layout } = element as unknown as {
				data: unknown[];
				layout: { title: { text: string } };
			};
			return [layout.title.text, data.length];
		}),
	);
}

/** Moves the mouse over the last point of each chart's first trace that is a line or a bar, and reads what appears. */
async function hover(shown: Page, index: number): Promise<string> {
	const chart = shown.locator(".js-plotly-plot").nth(index);
	await chart.scrollIntoViewIfNeeded();
	const area = await chart.locator(".nsewdrag").first().boundingBox();
	assert.ok(area);
	const label = chart.locator(".hoverlayer .hovertext");
	// From left to right until something is under the mouse.
	for (let share = 0.04; share < 1; share += 0.04) {
		const [x, y] = [area.x + area.width * share, area.y + area.height * 0.5];
		await shown.mouse.move(x, y);
		await shown.waitForTimeout(60);
		if ((await label.count()) > 0) return label.first().innerText();
	}
	return "";
}

async function assertImages(shown: Page): Promise<void> {
	const widths = await shown
		.locator('img[src^="data:image/jpeg"]')
		.evaluateAll((images) =>
			images.map(
				(image) => (image as unknown as { naturalWidth: number }).naturalWidth,
			),
		);
	assert.equal(widths.length, 3);
	for (const width of widths) assert.ok(width > 600);
}

test("all cells of the walkthrough run in JupyterLab", {
	timeout: 300_000,
}, async () => {
	await restartAndRunAll(page);
	for (let cell = 1; cell <= 12; cell++) await waitForCell(page, cell);
	await page
		.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
		.waitFor();
});

test("JupyterLab shows every chart once, with its traces", async () => {
	await page
		.locator(".js-plotly-plot")
		.nth(charts.length - 1)
		.waitFor();
	assert.deepEqual(await listCharts(page), charts);
});

test("JupyterLab shows the three grids of pictures", () => assertImages(page));

test("the progress of a training ends as a table, a row an epoch", async () => {
	const tables = page.locator(".jp-OutputArea table");
	assert.equal(await tables.count(), 3);
	for (const rows of await tables.all()) {
		assert.equal(await rows.locator("tbody tr").count(), 2);
	}
	assert.equal(await page.locator(".jp-OutputArea progress").count(), 0);
});

test("a chart tells its values under the mouse in JupyterLab", async () => {
	for (const [index, [title]] of charts.entries()) {
		assert.match(await hover(page, index), /\d/, title);
	}
});

test("JupyterLab has nothing to complain of", () => {
	assert.deepEqual(errors, []);
});

test("charts stay readable in JupyterLab's light and dark theme", async () => {
	for (const theme of ["Light", "Dark"]) {
		await setTheme(theme);
		await keepCells(theme.toLowerCase());
		const ratios = await page.locator(".js-plotly-plot").evaluateAll(contrasts);
		for (const ratio of ratios) assert.ok(ratio >= 4, `${theme}: ${ratio}`);
	}
});

test("the exported page shows everything from disk, offline, and asks for nothing", async () => {
	await page.keyboard.press("Escape");
	await page.locator('[data-command="docmanager:save"]').first().click();
	await page.waitForTimeout(1500);
	const config = path.join(root, "scripts/notebook/nbconvert_config.py");
	const notebook = path.join(workDir, "walkthrough.ipynb");
	const options = ["--config", config, "--log-level=ERROR", "--to", "html"];
	execFileSync(python, ["-m", "nbconvert", ...options, notebook]);
	assert.ok(fs.statSync(notebook).size < 6e6);

	const context = await lab.browser.newContext({ offline: true });
	const exported = await context.newPage();
	const complaints: string[] = [];
	listenForErrors(exported, complaints);
	const requests: string[] = [];
	exported.on("request", (request) => {
		if (!request.url().startsWith("data:")) requests.push(request.url());
	});
	const url = pathToFileURL(notebook.replace(/ipynb$/, "html")).href;
	await exported.goto(url);
	assert.deepEqual(await listCharts(exported), charts);
	await assertImages(exported);
	for (const [index, [title]] of charts.entries()) {
		assert.match(await hover(exported, index), /\d/, title);
	}
	assert.equal(await exported.locator("table").count(), 3);
	assert.deepEqual(requests, [url]);
	assert.deepEqual(complaints, []);
	const plotly = await exported
		.locator("script")
		.evaluateAll(
			(scripts) =>
				scripts.filter((script) => (script.textContent?.length ?? 0) > 1e6)
					.length,
		);
	assert.equal(plotly, 1);
	await keepScreen(exported, "page");
	await context.close();
});

/** Chooses a theme in the menu of settings. */
async function setTheme(theme: string): Promise<void> {
	await page.getByRole("menuitem", { name: "Settings" }).click();
	await page.getByRole("menuitem", { name: "Theme", exact: true }).hover();
	await page
		.getByRole("menuitemcheckbox", { name: `JupyterLab ${theme}`, exact: true })
		.or(
			page.getByRole("menuitem", { name: `JupyterLab ${theme}`, exact: true }),
		)
		.click();
	await page
		.locator(`body[data-jp-theme-name="JupyterLab ${theme}"]`)
		.waitFor();
}

/** Keeps pictures of all cells that show something. */
async function keepCells(suffix: string): Promise<void> {
	for (const cell of [3, 7, 9, 10, 11, 12]) {
		const outputs = page.locator(".jp-CodeCell").nth(cell - 1);
		await keepScreen(outputs, `in-${cell}-${suffix}`);
	}
}
