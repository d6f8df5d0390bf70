import { createWriteStream, existsSync } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { createProgress } from "../../display/progress";
import { dataDir } from "../../paths";
import { limitConcurrency } from "../concurrency";
import { drawAnimal } from "./drawing";
import { createRandom } from "./random";
import { photograph } from "./render";

/** What to draw, and where to keep it. */
export interface DrawnArchiveOptions {
	/** How many animals, half of them cats. Default: 1,200. */
	readonly count?: number;
	/** An integer: the same seed gives the same drawings. Default: 1. */
	readonly seed?: number;
	/** Where the archive is kept. Default: `drawn_cats_and_dogs_v1.zip` in the folder `data`. */
	readonly file?: string;
}

/** By its name an archive is known to hold drawings. */
const namePattern = /^drawn_cats_and_dogs.*\.zip$/;
const limit = limitConcurrency(4);

/** Whether an archive holds drawings of this project, by its name. */
export function isDrawn(file: string): boolean {
	return namePattern.test(path.basename(file));
}

/**
 * Draws cats and dogs into an archive in the layout of Microsoft's, unless it is there already.
 *
 * It says that they are drawings, and shows the progress. The archive gets its name only when it is whole.
 *
 * @returns the archive's path
 */
export async function drawnArchive({
	count = 1200,
	seed = 1,
	file = path.join(dataDir, "drawn_cats_and_dogs_v1.zip"),
}: DrawnArchiveOptions = {}): Promise<string> {
	if (existsSync(file)) return file;
	console.log(
		`Drawing ${count} cats and dogs. These are drawings, not photos.`,
	);
	const progress = createProgress("Drawing");
	let done = 0;
	const draw = async (index: number) => {
		const species = index % 2 === 0 ? "cat" : "dog";
		// Each drawing has a sequence of its own, whatever is drawn beside it.
		const random = createRandom(seed * 1_000_003 + index);
		const jpeg = await photograph(random, drawAnimal(random, species));
		done++;
		progress.update(done / count, `${done} of ${count}`);
		const folder = species === "cat" ? "Cat" : "Dog";
		return { name: `PetImages/${folder}/${index >> 1}.jpg`, jpeg };
	};
	const drawings = await Promise.all(
		Array.from({ length: count }, (_, index) => limit(() => draw(index))),
	);
	progress.end();
	await writeArchive(file, drawings);
	return file;
}

async function writeArchive(
	file: string,
	drawings: readonly { name: string; jpeg: Buffer }[],
): Promise<void> {
	const zip = new ZipFile();
	for (const { name, jpeg } of drawings) {
		// A fixed time: the same drawings make the same archive.
		zip.addBuffer(jpeg, name, { compress: false, mtime: new Date(2026, 0, 1) });
	}
	zip.end();
	await fs.mkdir(path.dirname(file), { recursive: true });
	const half = `${file}.${process.pid}.half`;
	try {
		await pipeline(zip.outputStream, createWriteStream(half));
		await fs.rename(half, file);
	} finally {
		await fs.rm(half, { force: true });
	}
}
