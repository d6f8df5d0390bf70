import * as fs from "node:fs/promises";
import { createProgress } from "../display/progress";
import type { Member } from "./archive";
import { limitConcurrency } from "./concurrency";

/** The builder looks for this marker in what a peek into a zip member gives: up to 512 bytes. */
export const marker = "JFIF";
const peekLength = 512;
/** Archives with fewer pictures are looked through in a second; nothing is written beside them. */
const worthRemembering = 10_000;
const limit = limitConcurrency(64);

/** What a scan found, by members' names. */
export interface Scan {
	/** Pictures without the marker, which TensorFlow Datasets takes for damaged. */
	readonly dropped: readonly string[];
	/** Pictures that cannot be read at all, and why. */
	readonly unreadable: Readonly<Record<string, string>>;
}

/**
 * Looks into each picture of an archive for the marker.
 *
 * What it finds in a large archive it keeps beside it, in `<archive>.scan.json`, for as long as the archive's
 * size and time of modification stay as they are.
 */
export async function scanPictures(
	archive: string,
	pictures: readonly Member[],
): Promise<Scan> {
	if (pictures.length < worthRemembering) return lookThrough(pictures);
	const file = `${archive}.scan.json`;
	const { size, mtimeMs } = await fs.stat(archive);
	const key = { size, mtimeMs, pictures: pictures.length };
	const known = await readJson(file);
	if (JSON.stringify(known?.key) === JSON.stringify(key) && known?.scan) {
		return known.scan;
	}
	const scan = await lookThrough(pictures);
	// In a folder that cannot be written to it is done again the next time.
	const half = `${file}.${process.pid}.half`;
	await fs
		.writeFile(half, JSON.stringify({ key, scan }))
		.then(() => fs.rename(half, file))
		.catch(() => fs.rm(half, { force: true }));
	return scan;
}

async function lookThrough(pictures: readonly Member[]): Promise<Scan> {
	const progress = createProgress("Looking through the archive");
	const dropped: string[] = [];
	const unreadable: Record<string, string> = {};
	let done = 0;
	const look = async ({ name, readStart }: Member) => {
		try {
			const start = await readStart(peekLength);
			if (!start.includes(marker)) dropped.push(name);
		} catch (error) {
			unreadable[name] = (error as Error).message;
		}
		done++;
		progress.update(done / pictures.length, `${done} of ${pictures.length}`);
	};
	await Promise.all(pictures.map((member) => limit(() => look(member))));
	progress.end();
	return { dropped, unreadable };
}

async function readJson(
	file: string,
): Promise<{ key?: unknown; scan?: Scan } | undefined> {
	try {
		const { key, scan } = JSON.parse(await fs.readFile(file, "utf8"));
		const whole = Array.isArray(scan.dropped) && Object.keys(scan.unreadable);
		return whole ? { key, scan } : undefined;
	} catch {
		// It is not there, or damaged.
		return undefined;
	}
}
