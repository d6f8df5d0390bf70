import { existsSync } from "node:fs";
import * as path from "node:path";
import { drawArchive } from "drawn-pets";
import { createProgress } from "../host";
import { dataDir } from "../paths";

/**
 * Draws the archive of drawings in the `data` folder, unless it exists.
 *
 * @returns the archive's path
 * @throws the signal's reason if that is aborted
 */
export async function drawnArchive(signal?: AbortSignal): Promise<string> {
	const file = path.join(dataDir, "drawn_cats_and_dogs_v2.zip");
	if (existsSync(file)) return file;
	console.log("Drawing cats and dogs. These are drawings, not photos.");
	const progress = createProgress("Drawing");
	try {
		await drawArchive(file, { signal, onProgress: progress.update });
		progress.end();
	} catch (error) {
		progress.end("stopped");
		throw error;
	}
	return file;
}
