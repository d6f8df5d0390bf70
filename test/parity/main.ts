import * as fs from "node:fs";
import * as path from "node:path";
import { TransferLearningError } from "transfer-learning";
import { findImageNetWeights } from "../../lib/dist/models/pretrained";
import { compareData } from "./checks/data";
import { compareMobileNet } from "./checks/mobilenet";
import { compareTraining } from "./checks/training";
import { openOracle } from "./oracle";
import { loadExamples } from "./photos";
import { formatRows, type Row } from "./row";

// Usage: main.ts PYTHON

async function main(python: string): Promise<void> {
	const started = performance.now();
	const examples = await loadExamples();
	const weights = findImageNetWeights(1, 128, 128);
	if (!weights) throw new Error("The set-up left no weights in data.");
	console.log(`Weights: ${weights.description}`);
	const file = path.resolve(weights.file);
	const oracle = openOracle(python);
	const rows: Row[] = [];
	try {
		console.log("Data: TensorFlow, then the library …");
		rows.push(...(await compareData(oracle, examples)));
		console.log("MobileNetV2: Keras, then the library …");
		rows.push(...(await compareMobileNet(oracle, examples, file)));
		console.log("Training: the library, then Keras …");
		rows.push(...(await compareTraining(oracle, examples, file)));
	} finally {
		oracle.dispose();
	}
	const seconds = (performance.now() - started) / 1000;
	const result = path.resolve(__dirname, "../../build/parity.json");
	fs.mkdirSync(path.dirname(result), { recursive: true });
	fs.writeFileSync(
		result,
		`${JSON.stringify({ seconds, rows }, null, "\t")}\n`,
	);
	console.log(`\n${formatRows(rows)}`);
	process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;
}

main(process.argv[2] ?? "python3").catch((error) => {
	// Errors that the reader can fix end with their message alone.
	console.error(error instanceof TransferLearningError ? error.message : error);
	process.exitCode = 1;
});
