import assert from "node:assert/strict";
import * as fs from "node:fs";
import { test } from "node:test";
import { codeCells, printed, readNotebook } from "../support/notebook";
import { until } from "../support/until";
import type { Clone } from "./clone";
import { writeHdf5 } from "./files";
import { makeClone } from "./make_clone";

/** Writes a notebook of code cells, each under a heading of its own. */
function writeNotebook(clone: Clone, ...sources: string[]): void {
	const cells = sources.flatMap((source, i) => [
		{
			cell_type: "markdown",
			metadata: {},
			source: `## In[${i + 1}] Step ${i + 1}`,
		},
		{
			cell_type: "code",
			metadata: {},
			source,
			execution_count: null,
			outputs: [],
		},
	]);
	const kernelspec = {
		name: "tslab",
		display_name: "TypeScript",
		language: "typescript",
	};
	fs.mkdirSync(clone.path("notebooks"), { recursive: true });
	fs.writeFileSync(
		clone.path("notebooks", "transfer_learning.ipynb"),
		JSON.stringify({
			cells,
			metadata: { kernelspec },
			nbformat: 4,
			nbformat_minor: 4,
		}),
	);
}

/** Runs what `npm start` runs. */
function start(clone: Clone) {
	return clone.start(
		process.execPath,
		["--require", "./scripts/check-node.cjs", "scripts/start.mjs"],
		{ MOBILENET_V2_WEIGHTS: writeHdf5(clone.root) },
	);
}

const chart = `import { show } from "transfer-learning";
show({ data: [{ x: [1, 2], y: [3, 4], name: "</script>" }], layout: { title: { text: "A chart" } } });`;
const readPage = (clone: Clone) =>
	fs.readFileSync(clone.path("build", "transfer_learning.html"), "utf8");

test("npm start numbers the cells as it executes them, in the notebook and on the page", async (t) => {
	const clone = makeClone(t);
	writeNotebook(clone, 'console.log("one");', chart, "let three = 3;");
	const { code, output } = await start(clone).ended;
	assert.equal(code, 0, output);
	assert.match(
		output,
		/\nIn\[1\] +Step 1 +[\d.]+ s\n(?:[^\n]*…\n)?In\[2\] +Step 2 +[\d.]+ s\n(?:[^\n]*…\n)?In\[3\] +Step 3 +[\d.]+ s\n/,
	);
	const cells = codeCells(
		readNotebook(clone.path("build", "transfer_learning.ipynb")),
	);
	assert.deepEqual(
		cells.map(({ execution_count }) => execution_count),
		[1, 2, 3],
	);
	assert.equal(printed(cells[0]), "one\n");
	// Never match a page with an assertion: its message would hold all of plotly.js.
	const prompts = readPage(clone).match(
		/(?<=>)In\s*(?:&nbsp;)?\[[\d ]*\](?=:)/g,
	);
	assert.deepEqual(
		prompts?.map((prompt) => prompt.replace(/\s|&nbsp;/g, "")),
		["In[1]", "In[2]", "In[3]"],
	);

	await t.test(
		"the page holds plotly.js once and asks no host for anything",
		() => {
			const page = readPage(clone);
			assert.equal(page.match(/plotly\.js v\d/g)?.length, 1);
			assert.equal(page.match(/Plotly\.newPlot\("chart-/g)?.length, 1);
			// Scripts are taken out first: plotly.js holds addresses in its text, of maps that no chart of ours shows.
			const markup = page.replace(/(<script[^>]*>).*?(?=<\/script>)/gs, "$1");
			assert.deepEqual(
				markup.match(
					/<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)\s*=[^>]*>/gi,
				) ?? [],
				[],
			);
			assert.deepEqual(
				markup.match(/@import[^;]*|url\(\s*["']?(?:https?:)?\/\/[^)]*/gi) ?? [],
				[],
			);
			const scripts = [...page.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map(
				([, text = ""]) => text,
			);
			for (const script of scripts)
				if (!script.includes("plotly.js v"))
					assert.doesNotMatch(script, /https?:\/\//);
		},
	);

	await t.test(
		"a cell that fails is named with its error, and build keeps what it held",
		async () => {
			const before = [
				readPage(clone),
				fs.readdirSync(clone.path("build")).sort(),
			];
			for (const [source, error] of [
				['throw new Error("no such cat");', /Error: no such cat/],
				['const legs: number = "four";', /Type 'string' is not assignable/],
				[
					'Promise.reject(new Error("no such cat"));',
					/Error: no such cat\n +at In\[2\], line 1, column 16\n/,
				],
				["process.exit(3);", undefined],
			] as const) {
				writeNotebook(clone, "let one = 1;", source, 'console.log("never");');
				const { code, output } = await start(clone).ended;
				assert.equal(code, 1, output);
				if (error) {
					assert.match(
						output,
						/\n\nIn\[2\] "Step 2" failed after [\d.]+ s:\n\n/,
					);
					assert.match(output, error);
				} else assert.match(output, /The kernel died/);
				assert.match(
					output,
					/\n\nnotebooks\/transfer_learning\.ipynb was not executed to the end; earlier results in build are unchanged\.\n$/,
				);
				assert.doesNotMatch(output, /In\[3\]|Traceback|nbclient/);
				assert.deepEqual(
					[readPage(clone), fs.readdirSync(clone.path("build")).sort()],
					before,
				);
			}
		},
	);

	await t.test(
		"an error after the last cell's end fails the run, and build keeps what it held",
		async () => {
			const before = readPage(clone);
			writeNotebook(
				clone,
				'setTimeout(() => { throw new Error("too late"); }, 300);',
			);
			const { code, output } = await start(clone).ended;
			assert.equal(code, 1, output);
			assert.match(
				output,
				/\n\nIn\[1\] failed after its end:\n\n +Error: too late\n +at .*In\[1\], line 1, column 26\n/,
			);
			assert.equal(readPage(clone), before);
		},
	);

	await t.test(
		"Ctrl-C and kill end the kernel too, and build keeps what it held",
		async () => {
			const before = [
				readPage(clone),
				fs.readdirSync(clone.path("build")).sort(),
			];
			writeNotebook(
				clone,
				`import * as fs from "fs";
fs.writeFileSync("../pid.part", String(process.pid));
fs.renameSync("../pid.part", "../pid");
await new Promise((resolve) => setTimeout(resolve, 60_000));`,
			);
			const file = clone.path("pid");
			for (const [signal, expected] of [
				["SIGINT", 130],
				["SIGTERM", 143],
			] as const) {
				fs.rmSync(file, { force: true });
				const running = start(clone);
				await until(clone.root, () => fs.existsSync(file));
				const pid = Number(fs.readFileSync(file, "utf8"));
				running.process.kill(signal);
				assert.equal((await running.ended).code, expected);
				assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
			}
			// The folder of the run is removed by the next one.
			writeNotebook(clone, "let one = 1;", "let two = 2;", "let three = 3;");
			assert.equal((await start(clone).ended).code, 0);
			assert.deepEqual(fs.readdirSync(clone.path("build")).sort(), before[1]);
		},
	);
});

test("where the addon is missing, the first cell that imports tfjs says what to do", async (t) => {
	const clone = makeClone(t);
	const first = "import * as tf from '@tensorflow/tfjs-node-gpu';";
	writeNotebook(clone, `${first}\nconsole.log(tf.version);`);
	const named = { MOBILENET_V2_WEIGHTS: writeHdf5(clone.root) };
	const { code, output } = await clone.setUp(named);
	assert.equal(code, 0, output);
	fs.rmSync(clone.addon);
	const executed = await clone.run(`
import { executeNotebook } from "./scripts/notebook/execute.mjs";
import { runMain } from "./packages/tfjs-on-wheel/main.mjs";
import { project } from "./scripts/setup/project.mjs";
import { findEnvironment } from "./packages/tfjs-on-wheel/find_environment.mjs";
await runMain(() => executeNotebook(findEnvironment(project), "notebooks/transfer_learning.ipynb"));`);
	assert.equal(executed.code, 1, executed.output);
	assert.match(executed.output, /TensorFlow could not be loaded/);
	assert.match(executed.output, /Run `npm run setup` in the project's folder/);
	assert.doesNotMatch(executed.output, /npm rebuild/);
});
