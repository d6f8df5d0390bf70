import "./load_addon";
import util from "node:util";
import * as tf from "@tensorflow/tfjs-node-gpu";

// Node 23 removed `util.isNullOrUndefined`, which tfjs-node 4.22 calls in every operation (tfjs issues
// 8425, 8609 and 8746: fixed there, never released). It has to be back before the first operation.
const legacy: { isNullOrUndefined?: (value: unknown) => boolean } = util;
legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;

export { tf };
