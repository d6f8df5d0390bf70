import * as fs from "node:fs";
import * as path from "node:path";
import { joinText, type Notebook, readNotebook } from "../support/notebook";
import { root } from "../support/python";
import { workDir } from "./lab";

const walkthrough = readNotebook(
	path.join(root, "notebooks", "transfer_learning.ipynb"),
);

/** Every kind of chart that the walkthrough does not show itself. */
const otherCharts = `import {
  accuracyChart, benchmarkChart, comparisonChart, confidenceChart, confusionChart, growthChart, labelChart, lossChart, rocChart,
} from 'transfer-learning';
const labels = fixedTest.examples().map(({ label }) => label);
const run = {
  loss: [0.7, 0.5, 0.4], accuracy: [0.5, 0.7, 0.8], val_loss: [0.6, 0.5, 0.6], val_accuracy: [0.6, 0.8, 0.7], seconds: [1, 1, 1],
};
const spread = (median: number) => ({ median, min: median * 0.9, max: median * 1.2 });
const stages = ['load', 'features', 'transfer'].map((name, i) => ({ name, ours: spread(i + 1), keras: spread(10 * i + 3), ratio: 1 }));
show(accuracyChart(run, { title: 'accuracyChart' }));
show(lossChart(run, { title: 'lossChart' }));
show(comparisonChart({ 'first run': run, 'second run': { ...run, val_accuracy: [0.5, 0.6, 0.75] } }, { title: 'comparisonChart' }));
show(labelChart(counts, { title: 'labelChart' }));
show(confusionChart(labels, predictions, { title: 'confusionChart' }));
show(rocChart(labels, predictions, { title: 'rocChart' }));
show(confidenceChart(labels, predictions, { title: 'confidenceChart' }));
show(benchmarkChart(stages, { title: 'benchmarkChart' }));
show(growthChart([500, 1000, 2000].map((photos) => ({ photos, seconds: photos / 200, memory: photos * 1e6 })), { title: 'growthChart' }));`;

/** The walkthrough with fewer epochs (2, not 10, for testing efficiency), followed by a cell with all other charts. */
export function writeShortWalkthrough(): string {
	const cells = walkthrough.cells.map((cell) => ({
		...cell,
		source: joinText(cell.source).replace("epochs: 10", "epochs: 2"),
	}));
	return writeNotebook("walkthrough.ipynb", [...cells, codeCell(otherCharts)]);
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
