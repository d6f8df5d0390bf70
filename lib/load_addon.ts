import { addonError } from "./addon_error";

// Imported before tfjs-node-gpu itself, to throw an error that helps.
try {
	require("@tensorflow/tfjs-node-gpu");
} catch (cause) {
	throw addonError(cause);
}
