import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { runMain } from "../packages/tfjs-on-wheel/main.mjs";
import { UserError } from "../packages/tfjs-on-wheel/user_error.mjs";
import { launchBrowser } from "./browser.mjs";
import { buildDir, display, root } from "./setup/paths.mjs";

// npm run screens: takes the README's screenshots, only of charts and never of a photo, from the real page.
const page = path.join(buildDir, "transfer_learning.html");
const benchmark = path.join(buildDir, "bench.json");
const docs = path.join(root, "docs");

await runMain(async () => {
	if (!fs.existsSync(page))
		throw new UserError(
			`${display(page)} does not exist yet. Create it with npm start, then run npm run screens again.`,
		);
	fs.mkdirSync(docs, { recursive: true });
	const browser = await launchBrowser();
	try {
		// For high-resolution screens.
		const tab = await browser.newPage({
			viewport: { width: 1100, height: 900 },
			deviceScaleFactor: 2,
		});
		await tab.goto(pathToFileURL(page).href);
		await take(tab, "accuracy.png");
		if (fs.existsSync(benchmark)) {
			// It needs the compiled library.
			const { benchmarkChart, growthChart } = (
				await import("../bench/charts.cjs")
			).default;
			const { stages, growth } = JSON.parse(fs.readFileSync(benchmark, "utf8"));
			const title = "The walkthrough's stages, here and in Keras";
			await draw(tab, benchmarkChart(stages, title));
			await take(tab, "benchmark.png");
			await draw(tab, growthChart(growth, "Time and memory here"));
			await take(tab, "growth.png");
		}
	} finally {
		await browser.close();
	}
});

/**
 * Takes a screenshot of the page's first chart.
 *
 * @param {import("playwright-core").Page} tab
 * @param {string} name
 */
async function take(tab, name) {
	const file = path.join(docs, name);
	await tab.locator(".js-plotly-plot").first().screenshot({ path: file });
	console.log(display(file));
}

/**
 * Replaces the content of the page, which has loaded Plotly, by a chart.
 *
 * @param {import("playwright-core").Page} tab
 * @param {import("transfer-learning").Figure} figure
 */
async function draw(tab, { data, layout }) {
	const script = `document.body.innerHTML = '<div id="chart"></div>';
		Plotly.newPlot("chart", ${JSON.stringify(data)}, ${JSON.stringify(layout)})`;
	await tab.addScriptTag({ content: script });
}
