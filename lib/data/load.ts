import * as fs from "node:fs";
import * as path from "node:path";
import { setDataNote } from "../display/data_note";
import { TransferLearningError } from "../errors";
import { loadCatsVsDogs } from "./cats_vs_dogs";
import type { ImageDataset } from "./dataset";
import { isDrawn } from "./drawings";
import { loadFolder } from "./folder";
import type { DatasetInfo } from "./info";
import { findCatsVsDogs } from "./source";

/** Where to find the data, and what part of it to take. */
export interface LoadOptions {
	/**
	 * An archive in the layout of Microsoft's `kagglecatsanddogs_5340.zip`, or a folder with a subfolder for each class.
	 * Default: what the environment's `CATS_VS_DOGS` names, else Microsoft's archive in the folder `data`, which is downloaded
	 * if it is not there, else drawings that the project makes itself.
	 */
	readonly archive?: string;
	/** The examples to take, as TensorFlow Datasets writes it: `train[:80%]`, `train[80%:]`, …. Default: `train`, all of them. */
	readonly split?: string;
}

/** A data set's examples, and what is known of it. */
export interface LoadedDataset {
	/** The examples of the split that was asked for. */
	readonly train: ImageDataset;
	/** What is in the archive or folder, whatever the split. */
	readonly info: DatasetInfo;
}

/**
 * Loads `cats_vs_dogs` as `tfds.load` does: the same examples (label 0 is a cat, 1 a dog) in the same order; or
 * pictures from a folder of yours, with a subfolder for each class.
 *
 * Pictures are read later, when they are needed. It prints what it uses, and shows the progress of what takes long.
 *
 * @param name `cats_vs_dogs`, or the path of a folder
 * @throws TransferLearningError if there is no such archive or folder, if it is damaged or has another layout, or if the download fails for another reason than a missing network.
 */
export async function load(
	name: "cats_vs_dogs" | (string & {}),
	{ archive, split = "train" }: LoadOptions = {},
): Promise<LoadedDataset> {
	const source =
		name === "cats_vs_dogs" ? (archive ?? (await findCatsVsDogs())) : name;
	const isFolder = fs
		.statSync(source, { throwIfNoEntry: false })
		?.isDirectory();
	if (name !== "cats_vs_dogs" && !isFolder) {
		throw new TransferLearningError(
			`There is no data set and no folder "${name}" (${path.resolve(name)}). Load "cats_vs_dogs", or a folder with a subfolder for each class.`,
		);
	}
	const loaded = isFolder
		? await loadFolder(source, split)
		: await loadCatsVsDogs(source, split);
	const drawn = !isFolder && isDrawn(source);
	setDataNote(drawn ? "Drawings, not photos" : undefined);
	console.log(
		`${loaded.info.name}: ${loaded.train.size} ${drawn ? "drawings, not photos," : "examples"} from ${path.resolve(source)}`,
	);
	return loaded;
}
