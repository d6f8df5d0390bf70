import { randomUUID } from "node:crypto";
import {
	closeSync,
	createWriteStream,
	existsSync,
	fstatSync,
	openSync,
	readSync,
	statSync,
} from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { drawAnimal } from "./drawing";
import { createRandom } from "./random";
import { photograph } from "./render";

export { createRandom, type Random } from "./random";

/**
 * What to draw.
 *
 * @example
 * const options: DrawOptions = { count: 100, seed: 7 };
 */
export interface DrawOptions {
	/**
	 * Number of drawings, half of them of cats.
	 *
	 * @default 1200
	 */
	readonly count?: number;
	/**
	 * An integer; the same seed gives the same drawings.
	 *
	 * @default 1
	 */
	readonly seed?: number;
	/**
	 * Called after each drawing with the fraction that is done, 0–1.
	 *
	 * @default undefined
	 */
	readonly onProgress?: (fraction: number) => void;
	/**
	 * Stops the drawing when it is aborted.
	 *
	 * @default undefined
	 */
	readonly signal?: AbortSignal | undefined;
}

/** The archive's comment, its last bytes: it identifies the archive even if the file is renamed. */
const comment = "Drawings of cats and dogs, made by transfer-learning";

/**
 * Whether a file is an archive made by `drawArchive`; false if it does not exist or is a folder.
 *
 * @example
 * if (isDrawn("photos.zip")) console.log("Drawings, not photos");
 */
export function isDrawn(file: string): boolean {
	if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return false;
	const end = Buffer.alloc(comment.length);
	const handle = openSync(file, "r");
	try {
		const start = Math.max(0, fstatSync(handle).size - end.length);
		readSync(handle, end, 0, end.length, start);
	} finally {
		closeSync(handle);
	}
	return end.toString() === comment;
}

/**
 * Draws cats and dogs into a zip archive in the layout of Microsoft's, unless the file exists.
 *
 * The file appears only when it is complete.
 *
 * @example
 * await drawArchive("data/drawings.zip", { count: 100 });
 *
 * @throws the signal's reason if that is aborted
 */
export async function drawArchive(
	file: string,
	{ count = 1200, seed = 1, onProgress, signal }: DrawOptions = {},
): Promise<void> {
	if (existsSync(file)) return;
	const drawings: { name: string; jpeg: Buffer }[] = [];
	let [next, done] = [0, 0];
	const work = async () => {
		while (next < count) {
			signal?.throwIfAborted();
			const index = next++;
			const species = index % 2 === 0 ? "cat" : "dog";
			// One random sequence per drawing, so that the order in which drawings finish does not matter.
			const random = createRandom(seed * 1_000_003 + index);
			const jpeg = await photograph(random, drawAnimal(random, species));
			const folder = species === "cat" ? "Cat" : "Dog";
			drawings[index] = { name: `PetImages/${folder}/${index >> 1}.jpg`, jpeg };
			onProgress?.(++done / count);
		}
	};
	// sharp works on other threads; four drawings at a time keep them busy.
	await Promise.all(Array.from({ length: 4 }, work));
	await writeArchive(file, drawings);
}

async function writeArchive(
	file: string,
	drawings: readonly { name: string; jpeg: Buffer }[],
): Promise<void> {
	const zip = new ZipFile();
	for (const { name, jpeg } of drawings) {
		zip.addBuffer(jpeg, name, {
			compress: false,
			// The same local time in every time zone, so that the same drawings give the same archive.
			mtime: new Date(2026, 0, 1),
			forceDosTimestamp: true,
		});
	}
	zip.end({ comment, forceZip64Format: false });
	await fs.mkdir(path.dirname(file), { recursive: true });
	const half = `${file}.${randomUUID()}.half`;
	try {
		await pipeline(zip.outputStream, createWriteStream(half));
		await fs.rename(half, file);
	} finally {
		await fs.rm(half, { force: true });
	}
}
