import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { python, root } from "../support/python";
import { listenForErrors, workDir } from "./lab";

/** A page that was exported from a notebook and opened from disk, without a network. */
export interface ExportedPage {
	readonly page: Page;
	/** What the page complained of. */
	readonly errors: string[];
	/** What it asked for besides itself. */
	readonly requests: string[];
	close(): Promise<void>;
}

/** Exports a notebook of `workDir` as `npm start` does, and opens the page offline. */
export async function exportPage(
	browser: Browser,
	notebook: string,
): Promise<ExportedPage> {
	const config = path.join(root, "scripts", "notebook", "nbconvert_config.py");
	const file = path.join(workDir, notebook);
	const options = ["--config", config, "--log-level=ERROR", "--to", "html"];
	execFileSync(python, ["-m", "nbconvert", ...options, file]);

	const context = await browser.newContext({ offline: true });
	const page = await context.newPage();
	const errors: string[] = [];
	const requests: string[] = [];
	listenForErrors(page, errors);
	const url = pathToFileURL(file.replace(/ipynb$/, "html")).href;
	page.on("request", (request) => {
		const asked = request.url();
		if (asked !== url && !asked.startsWith("data:")) requests.push(asked);
	});
	await page.goto(url);
	return { page, errors, requests, close: () => context.close() };
}

/** The titles of a page's charts and their numbers of traces, in order. */
export function listCharts(page: Page): Promise<(readonly [string, number])[]> {
	return page.locator(".js-plotly-plot").evaluateAll((elements) =>
		elements.map((element) => {
			const { data, layout } = element as unknown as {
				data: unknown[];
				layout: { title: { text: string } };
			};
			return [layout.title.text, data.length] as const;
		}),
	);
}

/** Checks that each chart tells a value when the mouse is on it. */
export async function assertHover(page: Page): Promise<void> {
	for (const chart of await page.locator(".js-plotly-plot").all()) {
		await chart.scrollIntoViewIfNeeded();
		const area = await chart.locator(".nsewdrag").first().boundingBox();
		assert.ok(area);
		const label = chart.locator(".hoverlayer .hovertext");
		let text = "";
		// From the left until something is under the mouse, at several heights.
		for (const down of [0.5, 0.2, 0.8, 0.95]) {
			for (let right = 0.05; right < 1 && !text; right += 0.05) {
				await page.mouse.move(
					area.x + area.width * right,
					area.y + area.height * down,
				);
				await page.waitForTimeout(50);
				if (await label.count())
					text = (await label.first().textContent()) ?? "";
			}
		}
		assert.match(text, /\d/, (await chart.textContent()) ?? "");
	}
}

/** Checks that the charts keep their height in a window of another height, and have the width of a narrower one. */
export async function assertResize(page: Page): Promise<void> {
	const charts = page.locator(".js-plotly-plot");
	const measure = () =>
		charts.evaluateAll((elements) =>
			elements.map((element) => element.getBoundingClientRect()),
		);
	const before = await measure();
	assert.ok(before.length);
	// Plotly waits for the end of a resizing.
	const resize = async (width: number, height: number) => {
		await page.setViewportSize({ width, height });
		await page.waitForTimeout(1000);
		return measure();
	};
	for (const [i, { width, height }] of (await resize(1280, 2000)).entries()) {
		assert.equal(height, before[i]?.height);
		assert.equal(width, before[i]?.width);
	}
	for (const [i, { width, height }] of (await resize(1000, 900)).entries()) {
		assert.equal(height, before[i]?.height);
		assert.ok(width < Number(before[i]?.width));
	}
	await page.setViewportSize({ width: 1280, height: 900 });
}

/** Checks that as many images are on the page and decoded. */
export async function assertImages(page: Page, count: number): Promise<void> {
	const widths = await page
		.locator('img[src^="data:image/jpeg"]')
		.evaluateAll((images) =>
			images.map(
				(image) => (image as unknown as { naturalWidth: number }).naturalWidth,
			),
		);
	assert.equal(widths.length, count);
	for (const width of widths) assert.ok(width > 600);
}
