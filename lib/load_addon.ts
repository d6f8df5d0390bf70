import Module from "node:module";
import { TransferLearningError } from "./errors";
import { setUpCommand } from "./paths";

const addon = "@tensorflow/tfjs-node-gpu";

// Node's own function behind `require`, which its type does not show.
const loader = Module as unknown as {
	_load(request: string, ...rest: unknown[]): unknown;
};
const { _load } = loader;

// If importing tfjs-node-gpu fails from here on, the error says what to do: the package's own advice (`npm rebuild …
// --build-addon-from-source`) no longer works. The kernel preloads this file, since a notebook imports tfjs-node-gpu
// before the library.
loader._load = function (request, ...rest) {
	try {
		return _load.call(this, request, ...rest);
	} catch (error) {
		if (request !== addon) throw error;
		const { message } = error instanceof Error ? error : new Error(`${error}`);
		throw new TransferLearningError(
			`TensorFlow could not be loaded: ${message.split("\n")[0]?.trim()}\nRun \`${setUpCommand}\` in the project's folder: it builds what is missing. Then restart the kernel.`,
			// A cause is shown too, and that advice with it.
			message.includes("npm rebuild") ? {} : { cause: error },
		);
	}
};
