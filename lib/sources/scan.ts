import * as fs from "node:fs/promises";
import type { Member } from "../archive/archive";
import { findInvalidBytes } from "../errors";
import { forEachShown } from "./for_each";
import { loadScan, saveScan } from "./scan_file";

/** TensorFlow Datasets' builder looks for this marker in what `peek` returns for a zip member, which is at most 512 bytes. */
export const marker = "JFIF";
const peekLength = 512;
/** Archives with fewer images are scanned in about a second; their scans are not saved. */
const worthSaving = 10_000;
/** Increase it when the meaning of a saved scan changes. Scans without a version may list temporary read errors as damage. */
const version = 2;

/** The result of a scan, by members' names. */
export interface Scan {
	/** Images without the marker, which TensorFlow Datasets drops as corrupt. */
	readonly dropped: readonly string[];
	/** Images that cannot be read because their bytes are invalid, with the reason. */
	readonly unreadable: Readonly<Record<string, string>>;
}

/**
 * Looks for the marker in each image of an archive.
 *
 * The scan of a large archive is saved beside it as `<archive>.scan.json` and reused until the archive's size or
 * modification time changes.
 *
 * @throws TransferLearningError if the archive cannot be read; the signal's reason if that is aborted.
 */
export async function scanImages(
	archive: string,
	images: readonly Member[],
	signal?: AbortSignal,
): Promise<Scan> {
	if (images.length < worthSaving) return scan(images, signal);
	const file = `${archive}.scan.json`;
	const { size, mtimeMs } = await fs.stat(archive);
	const key = { version, size, mtimeMs, images: images.length };
	const known = (await loadScan(file, key)) as Partial<Scan> | undefined;
	if (Array.isArray(known?.dropped) && known.unreadable) return known as Scan;
	const found = await scan(images, signal);
	await saveScan(file, key, found);
	return found;
}

async function scan(
	images: readonly Member[],
	signal: AbortSignal | undefined,
): Promise<Scan> {
	const dropped: string[] = [];
	const unreadable: Record<string, string> = {};
	await forEachShown(
		"Scanning the archive",
		images,
		{ concurrency: 64, signal },
		async ({ name, readStart }) => {
			try {
				const start = await readStart(peekLength);
				if (!start.includes(marker)) dropped.push(name);
			} catch (error) {
				if (!findInvalidBytes(error)) throw error;
				unreadable[name] = (error as Error).message;
			}
		},
	);
	// Members are read in parallel; sorting makes the saved scan deterministic.
	return { dropped: dropped.sort(), unreadable };
}
