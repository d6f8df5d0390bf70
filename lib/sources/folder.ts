import * as fs from "node:fs/promises";
import * as path from "node:path";
import { TransferLearningError } from "../errors";
import { printable } from "../text";
import { checkImages } from "./check_images";
import { listClassFolders } from "./class_folders";
import { createDataset } from "./create_dataset";
import type { LoadedDataset } from "./info";
import { reportSkipped } from "./skipped";

/**
 * Loads images from `<folder>/<class>/*.{jpg,jpeg,png,webp,avif,gif,tiff}`, with two classes or more.
 *
 * The classes, sorted by name, are the labels 0, 1, …. The examples' order looks random but never changes: it
 * is that of the MD5 of `train` and the path in the folder, as in TensorFlow Datasets. Links are followed. A line is
 * printed for each image that cannot be decoded, and one with the number of ignored files.
 *
 * @throws TransferLearningError if the folder is missing, has fewer than two classes or a class without images, or if a
 * file cannot be read for a reason that may be temporary; the signal's reason if that is aborted.
 */
export async function loadFolder(
	folder: string,
	split: string,
	signal?: AbortSignal,
): Promise<LoadedDataset> {
	const source = path.resolve(folder);
	const { classNames, images, dangling, ignored } =
		await listClassFolders(source);
	const checked = await checkImages(source, [...images.keys()], signal);
	const skipped = { ...dangling, ...checked.skipped };
	reportSkipped(skipped);
	if (ignored > 0) {
		console.log(
			`Ignored: ${ignored} ${ignored === 1 ? "file or folder" : "files and folders"} (hidden, with another extension, or in the wrong place).`,
		);
	}
	const labelOf = (id: string) => images.get(id) as number;
	const labels = new Set([...checked.sizes.keys()].map(labelOf));
	const empty = classNames.find((_, label) => !labels.has(label));
	if (empty !== undefined) {
		throw new TransferLearningError(
			`${printable(path.join(source, empty))} has no images. Each class needs at least one .jpg, .png, .webp, .avif, .gif or .tiff file; remove the folder if it is not a class.`,
		);
	}

	const sizes = [...checked.sizes.values()];
	const datasetSize = sizes.reduce((sum, size) => sum + size, 0);
	const contents = {
		images: [...checked.sizes.keys()].map((name) => ({
			name,
			read: () => readImage(source, name),
		})),
		labelOf,
		numShards: 1,
		name: path.basename(source),
		version: "1.0.0",
		description: `Images of ${printable(classNames.join(", "))} from your folder.`,
		homepage: `file://${source}`,
		source,
		fileFormat: "folder",
		downloadSize: datasetSize,
		datasetSize,
		classNames,
		dropped: 0,
		skipped: Object.keys(skipped).length,
		citation: "",
	} as const;
	return createDataset(contents, split);
}

async function readImage(source: string, id: string): Promise<Buffer> {
	try {
		return await fs.readFile(path.join(source, id));
	} catch (cause) {
		throw new TransferLearningError(
			`${printable(id)} cannot be read: ${(cause as Error).message}. Load ${source} again if it has changed.`,
			{ cause },
		);
	}
}
