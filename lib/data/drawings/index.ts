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
import { dataDir } from "../../paths";
import { forEachShown } from "../for_each";
import { drawAnimal } from "./drawing";
import { createRandom } from "./random";
import { photograph } from "./render";

/** What to draw, and where to keep it. */
export interface DrawnArchiveOptions {
	/** How many animals, half of them cats. Default: 1,200. */
	readonly count?: number;
	/** An integer: the same seed gives the same drawings. Default: 1. */
	readonly seed?: number;
	/** Where the archive is kept. Default: `drawn_cats_and_dogs_v2.zip` in the folder `data`. */
	readonly file?: string;
	/** Ends the drawing when it is aborted. Default: it goes on to the end. */
	readonly signal?: AbortSignal | undefined;
}

/** The archive's comment, which a zip archive ends with: it says what this is, whatever the file is called. */
const comment = "Drawings of cats and dogs, made by transfer-learning";

/** Whether a file is an archive of drawings that this project made. */
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
 * Draws cats and dogs into an archive in the layout of Microsoft's, unless it is there already.
 *
 * It says that they are drawings, and shows the progress. The archive gets its name only when it is whole.
 *
 * @returns the archive's path
 * @throws the signal's reason if that is aborted
 */
export async function drawnArchive({
	count = 1200,
	seed = 1,
	file = path.join(dataDir, "drawn_cats_and_dogs_v2.zip"),
	signal,
}: DrawnArchiveOptions = {}): Promise<string> {
	if (existsSync(file)) return file;
	console.log(
		`Drawing ${count} cats and dogs. These are drawings, not photos.`,
	);
	const drawings: { name: string; jpeg: Buffer }[] = [];
	const draw = async (index: number) => {
		const species = index % 2 === 0 ? "cat" : "dog";
		// Each drawing has a sequence of its own, whatever is drawn beside it.
		const random = createRandom(seed * 1_000_003 + index);
		const jpeg = await photograph(random, drawAnimal(random, species));
		const folder = species === "cat" ? "Cat" : "Dog";
		drawings[index] = { name: `PetImages/${folder}/${index >> 1}.jpg`, jpeg };
	};
	const indices = Array.from({ length: count }, (_, index) => index);
	await forEachShown("Drawing", indices, { atATime: 4, signal }, draw);
	await writeArchive(file, drawings);
	return file;
}

async function writeArchive(
	file: string,
	drawings: readonly { name: string; jpeg: Buffer }[],
): Promise<void> {
	const zip = new ZipFile();
	for (const { name, jpeg } of drawings) {
		zip.addBuffer(jpeg, name, {
			compress: false,
			// A fixed time, in every time zone: the same drawings make the same archive.
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
