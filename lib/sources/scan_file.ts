import { randomUUID } from "node:crypto";
import * as fs from "node:fs/promises";

/** What a scan of an archive or folder found, and the state (`key`) for which it holds. */
interface ScanFile {
	readonly key: object;
	readonly scan: object;
}

/** Reads the result of an earlier scan from `file`; undefined if there is none for this `key`. */
export async function loadScan(
	file: string,
	key: object,
): Promise<object | undefined> {
	const known = await read(file).catch(() => undefined);
	const fits = JSON.stringify(known?.key) === JSON.stringify(key);
	return fits ? known?.scan : undefined;
}

/**
 * Writes the result of a scan to `file`.
 *
 * It never overwrites a file that is not a scan. If it cannot write, it does nothing: the next run scans again.
 */
export async function saveScan(
	file: string,
	key: object,
	scan: object,
): Promise<void> {
	const half = `${file}.${randomUUID()}.half`;
	try {
		await read(file);
		await fs.writeFile(half, JSON.stringify({ key, scan }));
		await fs.rename(half, file);
	} catch {
		await fs.rm(half, { force: true }).catch(() => {});
	}
}

/** Undefined if the file does not exist; throws if it is not a scan. */
async function read(file: string): Promise<ScanFile | undefined> {
	const text = await fs
		.readFile(file, "utf8")
		.catch((error: NodeJS.ErrnoException) => {
			if (error.code !== "ENOENT") throw error;
		});
	if (text === undefined) return undefined;
	const { key, scan } = JSON.parse(text) as Partial<ScanFile>;
	if (!key || !scan) throw new Error(`${file} is not a scan`);
	return { key, scan };
}
