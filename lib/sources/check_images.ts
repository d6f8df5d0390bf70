import * as fs from "node:fs/promises";
import * as path from "node:path";
import { findInvalidBytes, readFailure } from "../errors";
import { decodePixels } from "../image/decode";
import { printable } from "../text";
import { tf } from "../tf";
import { forEachShown } from "./for_each";
import { recall, remember } from "./remembered";

/** The largest image that is read, in bytes: as in an archive. */
const maxSize = 64 * 2 ** 20;
/** Raised whenever other images than before are taken for damaged. */
const version = 1;

/** What one look at a file showed; it holds as long as size and time of modification stay the same. */
interface Checked {
	/** In bytes. */
	readonly size: number;
	readonly mtimeMs: number;
	/** Why it cannot be decoded, if so. */
	readonly reason?: string;
}

/** Which images of a folder can be decoded. */
export interface CheckedImages {
	/** The sizes of those that can, in bytes, in the order in which they were asked for. */
	readonly sizes: ReadonlyMap<string, number>;
	/** The others, with a line for each. */
	readonly skipped: Readonly<Record<string, string>>;
}

/**
 * Decodes each image of a folder once, to find those that are damaged.
 *
 * What it finds it keeps beside the folder, in `<folder>.scan.json`: a file that has not changed since costs a `stat`
 * the next time. Whatever ends it early, what it has found by then is kept.
 *
 * @param ids the images' paths within the folder
 * @throws TransferLearningError if a file cannot be read for a reason that may pass; the signal's reason if that is aborted.
 */
export async function checkImages(
	folder: string,
	ids: readonly string[],
	signal?: AbortSignal,
): Promise<CheckedImages> {
	const memory = `${folder}.scan.json`;
	const known = new Map(
		Object.entries((await recall(memory, { version })) ?? {}),
	);
	const seen = new Map<string, Checked>();
	const inaccessible = new Map<string, string>();
	let fresh = 0;
	const check = async (id: string) => {
		const file = path.join(folder, id);
		try {
			const { size, mtimeMs } = await fs.stat(file);
			const last: unknown = known.get(id);
			if (isChecked(last) && last.size === size && last.mtimeMs === mtimeMs) {
				seen.set(id, last);
			} else {
				const reason = await findDamage(file, size, id);
				seen.set(id, { size, mtimeMs, ...(reason && { reason }) });
				fresh++;
			}
		} catch (error) {
			const reason = explainAccess(error);
			if (!reason)
				throw isSystemError(error)
					? readFailure(printable(file), error)
					: error;
			inaccessible.set(id, reason);
		}
	};
	try {
		const options = { atATime: 8, signal };
		await forEachShown("Checking the photos", ids, options, check);
	} finally {
		const kept = ids.flatMap((id) => {
			const checked: unknown = seen.get(id) ?? known.get(id);
			return checked ? [[id, checked]] : [];
		});
		if (fresh > 0 || kept.length < known.size) {
			await remember(memory, { version }, Object.fromEntries(kept));
		}
	}

	const sizes = new Map<string, number>();
	const skipped: Record<string, string> = {};
	for (const id of ids) {
		const { size = 0, reason = inaccessible.get(id) } = seen.get(id) ?? {};
		if (reason) skipped[id] = `${id} cannot be read: ${reason}.`;
		else sizes.set(id, size);
	}
	return { sizes, skipped };
}

/** What the file's bytes show to be wrong; undefined if it can be decoded. */
async function findDamage(
	file: string,
	size: number,
	id: string,
): Promise<string | undefined> {
	if (size > maxSize) {
		return `it has ${size} bytes, and ${maxSize} are the most`;
	}
	const bytes = await fs.readFile(file);
	try {
		tf.dispose(await decodePixels(bytes, id));
		return undefined;
	} catch (error) {
		const invalid = findInvalidBytes(error);
		if (!invalid) throw error;
		return invalid.message;
	}
}

/** Why a file is out of reach whenever it is tried, until somebody changes that; undefined for what may pass by itself. */
function explainAccess(error: unknown): string | undefined {
	switch ((error as NodeJS.ErrnoException).code) {
		case "EACCES":
		case "EPERM":
			return "its permissions do not allow it";
		case "ENOENT":
			return "it does not exist any more, or its name is not valid UTF-8";
		default:
			return undefined;
	}
}

function isSystemError(error: unknown): boolean {
	return (error as NodeJS.ErrnoException).syscall !== undefined;
}

function isChecked(value: unknown): value is Checked {
	const { size, mtimeMs, reason } = (value ?? {}) as Partial<Checked>;
	return (
		typeof size === "number" &&
		typeof mtimeMs === "number" &&
		["string", "undefined"].includes(typeof reason)
	);
}
