import * as fs from "node:fs/promises";
import * as path from "node:path";
import { maxImageBytes } from "../archive/member";
import {
	findInvalidBytes,
	readFailure,
	TransferLearningError,
} from "../errors";
import { decodePixels } from "../image/decode";
import { printable } from "../text";
import { tf } from "../tf";
import { forEachShown } from "./for_each";
import { loadScan, saveScan } from "./scan_file";

/** Increase it when other images than before count as damaged. */
const version = 1;

/** Errors that last until the user changes something; all others may be temporary. */
const accessErrors: Readonly<Record<string, string>> = {
	EACCES: "its permissions do not allow it",
	EPERM: "its permissions do not allow it",
	ENOENT: "it no longer exists, or its name is not valid UTF-8",
};

/** The result of checking one file, valid while its size and modification time stay the same. */
interface Checked {
	/** In bytes. */
	readonly size: number;
	readonly mtimeMs: number;
	/** Why the image cannot be decoded; undefined if it can. */
	readonly reason: string | undefined;
}

/** Which images of a folder can be decoded. */
export interface CheckedImages {
	/** Sizes in bytes of the images that can be decoded, by id. */
	readonly sizes: ReadonlyMap<string, number>;
	/** The other images, with a message for each. */
	readonly skipped: Readonly<Record<string, string>>;
}

/**
 * Decodes each image of a folder once, to find the damaged ones.
 *
 * The results are saved beside the folder as `<folder>.scan.json`, even if the check fails or is aborted; a file that
 * has not changed is not read again.
 *
 * @param ids the images' paths in the folder
 * @throws TransferLearningError if a file cannot be read for a reason that may be temporary; the signal's reason if that is aborted.
 */
export async function checkImages(
	folder: string,
	ids: readonly string[],
	signal?: AbortSignal,
): Promise<CheckedImages> {
	const scanFile = `${folder}.scan.json`;
	const known = ((await loadScan(scanFile, { version })) ?? {}) as Record<
		string,
		Checked | undefined
	>;
	const sizes = new Map<string, number>();
	const skipped: Record<string, string> = {};
	let isChanged = false;
	const check = async (id: string) => {
		const file = path.join(folder, id);
		let reason: string | undefined;
		try {
			const { size, mtimeMs } = await fs.stat(file);
			let checked = known[id];
			if (checked?.size !== size || checked.mtimeMs !== mtimeMs) {
				checked = { size, mtimeMs, reason: await findDamage(file, size, id) };
				known[id] = checked;
				isChanged = true;
			}
			reason = checked.reason;
			if (!reason) sizes.set(id, size);
		} catch (error) {
			if (error instanceof TransferLearningError) throw error;
			reason = accessErrors[(error as NodeJS.ErrnoException).code ?? ""];
			if (!reason) throw readFailure(printable(file), error);
		}
		if (reason) skipped[id] = `${id} cannot be read: ${reason}.`;
	};
	try {
		const options = { concurrency: 8, signal };
		await forEachShown("Checking the photos", ids, options, check);
	} finally {
		const kept = ids.filter((id) => known[id]);
		if (isChanged || kept.length < Object.keys(known).length) {
			const scan = Object.fromEntries(kept.map((id) => [id, known[id]]));
			await saveScan(scanFile, { version }, scan);
		}
	}
	return { sizes, skipped };
}

/** Why an image cannot be decoded; undefined if it can. */
async function findDamage(
	file: string,
	size: number,
	id: string,
): Promise<string | undefined> {
	if (size > maxImageBytes) {
		return `it has ${size} bytes; the limit is ${maxImageBytes}`;
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
