import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { keepScreen, type Lab, restartAndRunAll, startLab } from "./lab";
import { writeCells } from "./notebooks";

const cells = [
	`import { historyChart } from 'transfer-learning';
historyChart({ loss: [0.7, 0.5], val_loss: [], seconds: [1, 1] })`,
	`const check = (name: string) => {
  if (!name) throw new TypeError('a cat without a name');
};
check('');`,
	"console.log('never');",
];

let lab: Lab;
let page: Page;
const errors: string[] = [];

before(async () => {
	const name = writeCells("errors.ipynb", cells);
	lab = await startLab();
	page = await lab.open(name, errors);
});

after(() => lab.close());

test("a chart at a cell's end is shown, a failing cell has its traceback, and the next one does not run", {
	timeout: 240_000,
}, async () => {
	await restartAndRunAll(page);
	const cell = (number: number) => page.locator(".jp-CodeCell").nth(number - 1);
	await cell(1).locator(".js-plotly-plot").waitFor({ timeout: 120_000 });
	const traceback = cell(2).locator(".jp-OutputArea-output");
	await traceback.waitFor({ timeout: 60_000 });
	assert.match(
		await traceback.innerText(),
		/^TypeError: a cat without a name\n\s+at check, In\[2\], line 2, column 20\n.*>\s+2 \| {3}if \(!name\) throw/s,
	);
	await cell(3).locator(".jp-InputPrompt", { hasText: "[ ]:" }).waitFor();
	assert.equal(await cell(3).locator(".jp-OutputArea-output").count(), 0);
	await keepScreen(page, "traceback");
	assert.deepEqual(errors, []);
});
