import Module from "node:module";
import { addonError } from "./addon_error";
import { TransferLearningError } from "./errors";

// The notebook's kernel starts with this file (`node --require`): a cell imports tfjs-node-gpu before the library, which could
// tell what to do if that fails.
const loader = Module as unknown as {
	_load(request: string, ...rest: unknown[]): unknown;
};
const load = loader._load;
loader._load = (request, ...rest) => {
	try {
		return load(request, ...rest);
	} catch (error) {
		const isTfjs = request === "@tensorflow/tfjs-node-gpu";
		if (!isTfjs || error instanceof TransferLearningError) throw error;
		throw addonError(error);
	}
};
