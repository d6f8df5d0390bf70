import "../load_addon";
import { endWithJupyter } from "./end_with_jupyter";
import { createServer } from "./server";
import { loadTslab, startPlainTslab, type Tslab } from "./tslab_parts";

// The program that Jupyter starts as the kernel: node kernel.js <connection file>. (load_addon comes first: an error of
// TensorFlow's addon then says what to do.)

endWithJupyter();
const connectionFile = process.argv[2] ?? "";
const tslab = findTslab();
if (tslab) createServer(tslab, connectionFile).init();
else startPlainTslab(connectionFile);

/** tslab's parts; undefined, with a line that says why, if they are not those that are known. */
function findTslab(): Tslab | undefined {
	try {
		return loadTslab();
	} catch (error) {
		console.error(
			`The kernel runs without tracebacks: ${(error as Error).message}. Run \`npm ci\` in the project's folder.`,
		);
		return undefined;
	}
}
