import * as path from "node:path";

/** The project's `data` folder, for downloads, caches and weights. (This file runs from `lib/dist`.) */
export const dataDir = path.resolve(__dirname, "..", "..", "data");
