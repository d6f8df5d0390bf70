import * as fs from "node:fs/promises";
import * as path from "node:path";
import { isDrawn } from "drawn-pets";
import { openArchive } from "../archive/archive";
import { TransferLearningError } from "../errors";
import { createDataset } from "./create_dataset";
import type { LoadedDataset } from "./info";
import { officialArchive } from "./official";
import { marker, scanImages } from "./scan";
import { reportSkipped } from "./skipped";

// The rules of TensorFlow Datasets' builder cats_vs_dogs 4.0.1.
const exampleName = /^PetImages\/(Cat|Dog)\/\d+\.jpg$/;
/** Images in Microsoft's archive. */
const officialImages = 25_000;
/** Images of those that the builder drops; any other number is an error. */
const officialDropped = 1_738;

/**
 * Loads an archive in the layout of Microsoft's `kagglecatsanddogs_5340.zip` as TensorFlow Datasets' builder does.
 *
 * @throws TransferLearningError if the archive is incomplete, has no images of cats and dogs, or has all of Microsoft's
 * images but not the same number of damaged ones; the signal's reason if that is aborted.
 */
export async function loadCatsVsDogs(
	archive: string,
	split: string,
	signal?: AbortSignal,
): Promise<LoadedDataset> {
	const source = path.resolve(archive);
	const members = (await openArchive(archive)).filter((member) =>
		exampleName.test(member.name),
	);
	const { dropped, unreadable } = await scanImages(source, members, signal);
	reportSkipped(unreadable);
	const damaged = new Set([...dropped, ...Object.keys(unreadable)]);
	const images = members.filter(({ name }) => !damaged.has(name));
	if (images.length === 0) {
		throw new TransferLearningError(
			`${source} has no images with names like PetImages/Cat/1.jpg. It needs the layout of Microsoft's kagglecatsanddogs_5340.zip.`,
		);
	}
	const downloadSize = (await fs.stat(source)).size;
	const isFull =
		members.length === officialImages || downloadSize === officialArchive.size;
	const drawn = isDrawn(source);
	if (isFull && damaged.size !== officialDropped && !drawn) {
		throw new TransferLearningError(
			`${source} has ${damaged.size} damaged images out of ${members.length}, but Microsoft's archive has ${officialDropped} out of ${officialImages}: it is damaged or a different file. Delete it and download it again.`,
		);
	}

	const datasetSize = images.reduce((sum, { size }) => sum + size, 0);
	const contents = {
		images,
		labelOf: (name: string) => (name.startsWith("PetImages/Dog/") ? 1 : 0),
		numShards: countShards(images.length, datasetSize),
		name: "cats_vs_dogs",
		version: "4.0.1",
		description: drawn
			? `${members.length} drawings of cats and dogs that this project made, as a stand-in for photos.`
			: `Photos of cats and dogs. ${dropped.length} of ${members.length} have no ${marker} marker and are dropped.`,
		homepage: "https://www.microsoft.com/en-us/download/details.aspx?id=54765",
		source,
		fileFormat: "zip",
		downloadSize,
		datasetSize,
		classNames: ["cat", "dog"],
		dropped: dropped.length,
		skipped: Object.keys(unreadable).length,
		citation: drawn
			? ""
			: "Elson, Douceur, Howell, Saul: Asirra: A CAPTCHA that Exploits\nInterest-Aligned Manual Image Categorization. ACM CCS 2007.",
	} as const;
	return createDataset(contents, split);
}

/**
 * The number of shards that TensorFlow Datasets would write: the largest power of two with at least 64 MiB a shard
 * (`ShardConfig.calculate_number_shards`). It counts the images after encoding them again, estimated here
 * as 1.7 times as large: between the 1.45 measured on the whole data set and the 1.98 on 400 of its smaller photos.
 */
function countShards(examples: number, bytes: number): number {
	const written = bytes * 1.7 + examples * 16;
	const most = Math.min(written / (64 * 2 ** 20), examples, 1024);
	return most < 2 ? 1 : 2 ** Math.floor(Math.log2(most));
}
