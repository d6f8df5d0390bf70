import { TransferLearningError } from "./errors";

/**
 * What is thrown where tfjs-node-gpu cannot be loaded. tfjs's own error is left out: its advice
 * (`npm rebuild … --build-addon-from-source`) no longer works.
 */
export function addonError(cause: unknown): TransferLearningError {
	const [reason] = String(cause instanceof Error ? cause.message : cause).split(
		"\n",
	);
	return new TransferLearningError(
		`TensorFlow could not be loaded: ${reason?.trim()}\nRun \`npm run setup\` in the project's folder: it builds what is missing.`,
	);
}
