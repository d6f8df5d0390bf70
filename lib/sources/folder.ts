import * as fs from "node:fs/promises";
import * as path from "node:path";
import { ImageDataset } from "../dataset/dataset";
import type { Example } from "../dataset/example";
import { TransferLearningError } from "../errors";
import { printable } from "../text";
import { checkImages } from "./check_images";
import { listClassFolders } from "./class_folders";
import { datasetInfo, type LoadedDataset } from "./info";
import { reportSkipped } from "./skipped";
import { orderLikeTfds } from "./tfds_order";
import { parseSplit } from "./tfds_split";

/**
 * Loads images from `<folder>/<class>/*.{jpg,jpeg,png,webp,avif,gif,tiff}`, two classes or more.
 *
 * The classes' names, sorted, are the labels 0, 1, …. The order of the examples looks random and is always the
 * same: that of the MD5 of `train` and the path within the folder, as in TensorFlow Datasets. Links are followed.
 * Files that cannot be decoded are skipped with a line each; hidden files and those of other names are counted in one line.
 *
 * @throws TransferLearningError if there is no such folder, if it has fewer than two classes or one without images, or if a
 * file cannot be read for a reason that may pass; the signal's reason if that is aborted.
 */
export async function loadFolder(
	folder: string,
	split: string,
	signal?: AbortSignal,
): Promise<LoadedDataset> {
	const source = path.resolve(folder);
	const { classNames, images, dangling, passedOver } =
		await listClassFolders(source);
	const checked = await checkImages(source, [...images.keys()], signal);
	const { sizes } = checked;
	const skipped = { ...dangling, ...checked.skipped };
	reportSkipped(skipped);
	if (passedOver > 0) {
		console.log(
			`Passed over: ${passedOver} ${passedOver === 1 ? "file or folder" : "files and folders"} that are hidden, have another extension or lie elsewhere than photos do.`,
		);
	}
	const labelOf = (id: string) => images.get(id) as number;
	requireImages(source, classNames, new Set([...sizes.keys()].map(labelOf)));

	const range = parseSplit(split, sizes.size);
	const order = orderLikeTfds([...sizes.keys()], "train", 1, range);
	const datasetSize = [...sizes.values()].reduce((sum, size) => sum + size, 0);
	return {
		train: ImageDataset.from(
			order.map(
				(id): Example => ({
					id,
					label: labelOf(id),
					read: () => readImage(source, id),
				}),
			),
			{ classNames },
		),
		info: datasetInfo({
			name: path.basename(source),
			version: "1.0.0",
			description: `Images of ${printable(classNames.join(", "))} from a folder of yours.`,
			homepage: `file://${source}`,
			source,
			fileFormat: "folder",
			downloadSize: datasetSize,
			datasetSize,
			classNames,
			splits: { train: { numExamples: sizes.size, numShards: 1 } },
			dropped: 0,
			skipped: Object.keys(skipped).length,
			citation: "",
		}),
	};
}

function requireImages(
	source: string,
	classNames: readonly string[],
	found: ReadonlySet<number>,
): void {
	const empty = classNames.find((_, label) => !found.has(label));
	if (empty === undefined) return;
	throw new TransferLearningError(
		`${printable(path.join(source, empty))} has no images. Each class needs some, as .jpg, .png, .webp, .avif, .gif or .tiff; remove the folder if it is no class.`,
	);
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
