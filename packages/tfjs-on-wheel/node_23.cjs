"use strict";

const util = require("node:util");

// Node 23 removed `util.isNullOrUndefined`, which tfjs-node 4.22 calls in every operation (tfjs issues
// 8425, 8609 and 8746: fixed there, never released). It has to be back before the first operation.
/** @type {{ isNullOrUndefined?: (value: unknown) => boolean }} */
const legacy = util;
legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
