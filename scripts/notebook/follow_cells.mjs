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
			const { event, index, status, stderr, text: detail } = JSON.parse(text);
			if (event === "progress") return line?.detail(detail);
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
			if (status === "error")
				failure = `${prompt} "${title}" failed after ${took}:\n\n${indent(trimStack(stderr))}`;
		},
		/** @returns {string | undefined} the kernel's error, if a cell failed */
		describeFailure: () => failure,
		end: () => line?.end(),
	};
}

/**
 * Removes the kernel's stack frames, which are below those of the cell and the library. The library's own errors explain
 * themselves, so all frames are removed.
 *
 * @param {string} stderr
 */
function trimStack(stderr) {
	const explained = /^(Uncaught )?TransferLearningError/m.test(stderr);
	return stderr
		.trimEnd()
		.split("\n")
		.filter(
			(line) =>
				!/^\s+at /.test(line) ||
				(!explained && !/node_modules\/tslab|node:/.test(line)),
		)
		.join("\n");
}

/** @param {string} text */
function indent(text) {
	return text.replace(/^/gm, "    ");
}
