import type { Dirent } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { TransferLearningError } from "../errors";
import { limitConcurrency } from "./concurrency";
import { ImageDataset } from "./dataset";
import type { Example } from "./example";
import { datasetInfo } from "./info";
import type { LoadedDataset } from "./load";
import { orderLikeTfds } from "./order";
import { recognizePicture } from "./picture_header";
import { reportSkipped } from "./skipped";
import { parseSplit } from "./split";

const pictureName = /^[^.].*\.(jpe?g|png|webp|avif|gif|tiff?)$/i;
/** The largest picture that is read, in bytes: as in an archive. */
const maxSize = 64 * 2 ** 20;
const limit = limitConcurrency(16);

/**
 * Loads pictures from `<folder>/<class>/*.{jpg,jpeg,png,webp,avif,gif,tiff}`, two classes or more.
 *
 * The classes' names, sorted, are the labels 0, 1, …. The order of the examples looks random and is always the
 * same: that of the MD5 of `train` and the path within the folder, as in TensorFlow Datasets. Hidden files and
 * links are passed over; files that are no pictures, whatever their names say, are skipped with a line each.
 *
 * @throws TransferLearningError if there is no such folder, or if it has fewer than two classes or one without pictures.
 */
export async function loadFolder(
	folder: string,
	split: string,
): Promise<LoadedDataset> {
	const source = path.resolve(folder);
	const classNames = await listClasses(source);
	const skipped: Record<string, string> = {};
	const files = new Map<string, { size: number; label: number }>();
	for (const [label, name] of classNames.entries()) {
		const before = files.size;
		const look = async (file: string) => {
			const id = `${name}/${file}`;
			const { size, reason } = await inspect(path.join(source, id));
			if (reason) skipped[id] = `${id} cannot be read: ${reason}.`;
			else files.set(id, { size, label });
		};
		const pictures = await listPictures(path.join(source, name));
		await Promise.all(pictures.map((file) => limit(() => look(file))));
		if (files.size === before) {
			throw new TransferLearningError(
				`${path.join(source, name)} has no pictures. Each class needs some, as .jpg, .png, .webp, .avif, .gif or .tiff; remove the folder if it is no class.`,
			);
		}
	}
	reportSkipped(skipped);

	const range = parseSplit(split, files.size);
	const order = orderLikeTfds([...files.keys()], "train", 1, range);
	const sizes = [...files.values()].map(({ size }) => size);
	const datasetSize = sizes.reduce((sum, size) => sum + size, 0);
	return {
		train: ImageDataset.from(
			order.map(
				(id): Example => ({
					id,
					label: files.get(id)?.label ?? 0,
					read: () => readPicture(source, id),
				}),
			),
			{ classNames },
		),
		info: datasetInfo({
			name: path.basename(source),
			version: "1.0.0",
			description: `Pictures of ${classNames.join(", ")} from a folder of yours.`,
			homepage: `file://${source}`,
			source,
			fileFormat: "folder",
			downloadSize: datasetSize,
			datasetSize,
			classNames,
			splits: { train: { numExamples: files.size, numShards: 1 } },
			dropped: 0,
			skipped: Object.keys(skipped).length,
			citation: "",
		}),
	};
}

async function listClasses(source: string): Promise<string[]> {
	const classes = (await listFolder(source))
		.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
		.map(({ name }) => name)
		.sort();
	if (classes.length < 2) {
		throw new TransferLearningError(
			`${source} has ${classes.length === 1 ? `one folder (${classes[0]})` : "no folders"} where two or more are needed, one for each class: ${path.join(source, "cat")} and ${path.join(source, "dog")}, for instance.`,
		);
	}
	return classes;
}

async function listPictures(folder: string): Promise<string[]> {
	return (await listFolder(folder))
		.filter((entry) => entry.isFile() && pictureName.test(entry.name))
		.map(({ name }) => name);
}

async function listFolder(folder: string): Promise<Dirent[]> {
	try {
		return await fs.readdir(folder, { withFileTypes: true });
	} catch (cause) {
		throw new TransferLearningError(
			`The folder ${folder} cannot be read (${(cause as Error).message}). Check the path and its permissions.`,
			{ cause },
		);
	}
}

/** Looks at a file's size and first bytes; gives the reason if it is no picture. */
async function inspect(
	file: string,
): Promise<{ size: number; reason?: string }> {
	let handle: fs.FileHandle | undefined;
	try {
		handle = await fs.open(file, "r");
		const { size } = await handle.stat();
		if (size > maxSize) return { size, reason: `it has ${size} bytes` };
		const start = Buffer.alloc(Math.min(size, 64));
		await handle.read(start, 0, start.length, 0);
		recognizePicture(start);
		return { size };
	} catch (error) {
		return { size: 0, reason: (error as Error).message };
	} finally {
		await handle?.close();
	}
}

async function readPicture(source: string, id: string): Promise<Buffer> {
	try {
		return await fs.readFile(path.join(source, id));
	} catch (cause) {
		throw new TransferLearningError(
			`${id} cannot be read: ${(cause as Error).message}. Load ${source} again if it has changed.`,
			{ cause },
		);
	}
}
