import { once } from "node:events";
import * as fs from "node:fs";

/** Waits for changes in a folder until a condition holds; after two minutes without a change it throws. */
export async function until(
	folder: string,
	condition: () => boolean,
): Promise<void> {
	const watcher = fs.watch(folder);
	try {
		while (!condition())
			await once(watcher, "change", { signal: AbortSignal.timeout(120_000) });
	} finally {
		watcher.close();
	}
}
