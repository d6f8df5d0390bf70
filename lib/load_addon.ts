import { TransferLearningError } from "./errors";

// Imported before tfjs-node-gpu itself, whose own advice (`npm rebuild … --build-addon-from-source`) no longer works.
try {
	require("@tensorflow/tfjs-node-gpu");
} catch (cause) {
	const [reason] = String(cause instanceof Error ? cause.message : cause).split(
		"\n",
	);
	throw new TransferLearningError(
		`TensorFlow could not be loaded: ${reason?.trim()}\nRun \`npm run setup\` in the project's folder: it builds what is missing.`,
		{ cause },
	);
}
