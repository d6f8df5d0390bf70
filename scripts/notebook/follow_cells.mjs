import { stripVTControlCharacters } from "node:util";
import { liveLine } from "../../packages/tfjs-on-wheel/step.mjs";
import { readCodeCells } from "./cells.mjs";

const titleWidth = 56;

/**
 * Shows which cell of a notebook is running, and how long each took, from the lines that `nbconvert_config.py` prints.
 *
 * @param {string} notebook
 */
export function followCells(notebook) {
	const cells = readCodeCells(notebook);
	/** @type {ReturnType<typeof liveLine> | undefined} */
	let line;
	let started = 0;
	const seconds = () => (performance.now() - started) / 1000;
	/** @type {string | undefined} */
	let failure;

	/** @param {number} index */
	const name = (index) => {
		const { prompt, title } = cells.get(index) ?? {
			prompt: "In[?]",
			title: "",
		};
		return { prompt, title: title.slice(0, titleWidth) };
	};

	return {
		/** @param {string} text a line of nbconvert's standard output */
		take(text) {
			if (!text.startsWith('{"event"')) return;
			const { event, index, error, text: detail, ...late } = JSON.parse(text);
			if (event === "progress") return line?.detail(detail);
			// An error that nothing awaited, when no cell was running.
			if (event === "late") {
				failure ??= `In[${late.count}] failed after its end:\n\n${formatError(late)}`;
				return;
			}
			const { prompt, title } = name(index);
			if (event === "start") {
				started = performance.now();
				line = liveLine(prompt, seconds);
				line.doing(title);
				return;
			}
			line?.end();
			const took = `${seconds().toFixed(1)} s`;
			console.log(
				`${prompt.padEnd(8)}${title.padEnd(titleWidth)}${took.padStart(8)}`,
			);
			if (error)
				failure = `${prompt} "${title}" failed after ${took}:\n\n${formatError(error)}`;
		},
		/** @returns {string | undefined} the kernel's error, if a cell failed */
		describeFailure: () => failure,
		end: () => line?.end(),
	};
}

/**
 * Formats an error of Jupyter's protocol. The library's own errors explain themselves, so of their stack only the cells' lines
 * are kept.
 *
 * @param {{ ename: string, traceback: readonly string[] }} error
 */
function formatError({ ename, traceback }) {
	const isExplained = ename === "TransferLearningError";
	return stripVTControlCharacters(traceback.join("\n"))
		.split("\n")
		.filter((line) => !isExplained || !/^ +at (?!.*In\[\d+\], line)/.test(line))
		.join("\n")
		.replace(/^/gm, "    ");
}
