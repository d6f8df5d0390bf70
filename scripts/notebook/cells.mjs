import * as fs from "node:fs";

/**
 * A code cell, numbered as in the notebook.
 *
 * @typedef {object} CodeCell
 * @property {string} prompt such as `In[10]`
 * @property {string} title the heading above the cell, without its number
 */

/**
 * @param {string} file a notebook
 * @returns {Map<number, CodeCell>} the notebook's code cells by their index among all cells
 */
export function readCodeCells(file) {
	/** @type {{ cells: { cell_type: string, source: string | string[] }[] }} */
	const notebook = JSON.parse(fs.readFileSync(file, "utf8"));
	/** @type {Map<number, CodeCell>} */
	const cells = new Map();
	let title = "";
	notebook.cells.forEach(({ cell_type, source }, index) => {
		if (cell_type === "markdown")
			title = findLastHeading([source].flat().join("")) ?? title;
		if (cell_type === "code")
			cells.set(index, { prompt: `In[${cells.size + 1}]`, title });
	});
	return cells;
}

/** @param {string} markdown */
function findLastHeading(markdown) {
	const heading = markdown.match(/^#{1,6} .*$/gm)?.at(-1);
	return heading
		?.replace(/^#+ /, "")
		.replace(/^In\s?\[\d+\]\W*/, "")
		.replace(/[`*_]/g, "")
		.trim();
}
