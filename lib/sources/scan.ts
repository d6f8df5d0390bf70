import * as fs from "node:fs/promises";
import type { Member } from "../archive/archive";
import { findInvalidBytes } from "../errors";
import { forEachShown } from "./for_each";
import { recall, remember } from "./remembered";

/** The builder looks for this marker in what a peek into a zip member gives: up to 512 bytes. */
export const marker = "JFIF";
const peekLength = 512;
/** Archives with fewer images are looked through in a second; nothing is written beside them. */
const worthRemembering = 10_000;
/** Raised whenever what is remembered changes its meaning. Version 1, which had none, took passing read errors for damage. */
const version = 2;

/** What a scan found, by members' names. */
export interface Scan {
	/** Images without the marker, which TensorFlow Datasets takes for damaged. */
	readonly dropped: readonly string[];
	/** Images whose bytes show that they cannot be read at all, and why. */
	readonly unreadable: Readonly<Record<string, string>>;
}

/**
 * Looks into each image of an archive for the marker.
 *
 * What it finds in a large archive it keeps beside it, in `<archive>.scan.json`, for as long as the archive's
 * size and time of modification stay as they are.
 *
 * @throws TransferLearningError if the archive cannot be read, which is never remembered; the signal's reason if that is aborted.
 */
export async function scanImages(
	archive: string,
	images: readonly Member[],
	signal?: AbortSignal,
): Promise<Scan> {
	if (images.length < worthRemembering) return lookThrough(images, signal);
	const file = `${archive}.scan.json`;
	const { size, mtimeMs } = await fs.stat(archive);
	const key = { version, size, mtimeMs, images: images.length };
	const known = await recall(file, key);
	if (isScan(known)) return known;
	const scan = await lookThrough(images, signal);
	await remember(file, key, scan);
	return scan;
}

async function lookThrough(
	images: readonly Member[],
	signal: AbortSignal | undefined,
): Promise<Scan> {
	const dropped: string[] = [];
	const unreadable: Record<string, string> = {};
	await forEachShown(
		"Looking through the archive",
		images,
		{ atATime: 64, signal },
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
	return { dropped, unreadable };
}

function isScan(known: object | undefined): known is Scan {
	const { dropped, unreadable } = (known ?? {}) as Partial<Scan>;
	return Array.isArray(dropped) && Boolean(unreadable);
}
