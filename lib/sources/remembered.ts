import { randomUUID } from "node:crypto";
import * as fs from "node:fs/promises";

/** What a look through an archive or a folder found, and for which state of it. */
interface Remembered {
	readonly key: object;
	readonly scan: object;
}

/** Reads what was remembered in `file`; undefined if that is nothing, or was for another `key`. */
export async function recall(
	file: string,
	key: object,
): Promise<object | undefined> {
	const known = await read(file).catch(() => undefined);
	const fits = JSON.stringify(known?.key) === JSON.stringify(key);
	return fits ? known?.scan : undefined;
}

/**
 * Writes what was found into `file`, for as long as the same `key` is asked for.
 *
 * A file of that name that is not one of these is left alone. Where nothing can be written, nothing is remembered.
 */
export async function remember(
	file: string,
	key: object,
	scan: object,
): Promise<void> {
	const half = `${file}.${randomUUID()}.half`;
	try {
		if ((await read(file)) === undefined) return;
		await fs.writeFile(half, JSON.stringify({ key, scan }));
		await fs.rename(half, file);
	} catch {
		await fs.rm(half, { force: true }).catch(() => {});
	}
}

/** Undefined if the file is something else; of a file that does not exist, nothing is remembered yet. */
async function read(file: string): Promise<Remembered | undefined> {
	let text: string;
	try {
		text = await fs.readFile(file, "utf8");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
		return { key: {}, scan: {} };
	}
	try {
		const { key, scan } = JSON.parse(text) as Partial<Remembered>;
		return key && scan ? { key, scan } : undefined;
	} catch {
		return undefined;
	}
}
