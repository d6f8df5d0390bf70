import * as fs from "node:fs";
import * as path from "node:path";
import { joinText, type Notebook, readNotebook } from "../support/notebook";
import { root } from "../support/python";
import { workDir } from "./lab";

const walkthrough = readNotebook(
	path.join(root, "notebooks", "transfer_learning.ipynb"),
);

/** The walkthrough with fewer epochs: 2, not 10, for testing efficiency. */
export function writeShortWalkthrough(): string {
	const cells = walkthrough.cells.map((cell) => ({
		...cell,
		source: joinText(cell.source).replace("epochs: 10", "epochs: 2"),
	}));
	return writeNotebook("walkthrough.ipynb", cells);
}

/** A notebook with these code cells. */
export function writeCells(name: string, sources: readonly string[]): string {
	return writeNotebook(name, sources.map(codeCell));
}

function codeCell(source: string) {
	return {
		cell_type: "code" as const,
		source,
		metadata: {},
		execution_count: null,
		outputs: [],
	};
}

function writeNotebook(name: string, cells: Notebook["cells"]): string {
	fs.mkdirSync(workDir, { recursive: true });
	// Cells of format 4.4 need no ids.
	const notebook = { ...walkthrough, nbformat_minor: 4, cells };
	fs.writeFileSync(path.join(workDir, name), JSON.stringify(notebook));
	return name;
}
