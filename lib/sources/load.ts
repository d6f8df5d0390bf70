import * as fs from "node:fs";
import * as path from "node:path";
import { isDrawn } from "drawn-pets";
import { setDataNote } from "../data_note";
import { TransferLearningError } from "../errors";
import { interruptible } from "../host";
import { printable } from "../text";
import { loadCatsVsDogs } from "./cats_vs_dogs";
import { loadFolder } from "./folder";
import type { LoadedDataset } from "./info";
import { officialArchive } from "./official";
import { findCatsVsDogs } from "./source";

/**
 * Where to find the data, and which part of it to use.
 *
 * @example
 * const options: LoadOptions = { archive: "photos.zip", split: "train[:80%]" };
 */
export interface LoadOptions {
	/**
	 * For `cats_vs_dogs` only: the path of an archive in the layout of Microsoft's `kagglecatsanddogs_5340.zip`, or of a
	 * folder with a subfolder for each class.
	 *
	 * @default the path in the environment variable `CATS_VS_DOGS`; else Microsoft's archive in the `data` folder, downloaded
	 * if necessary; else, if Microsoft's host cannot be reached, drawings that the project makes itself
	 */
	readonly archive?: string;
	/**
	 * The examples to use, in the notation of TensorFlow Datasets, such as `train[:80%]` or `train[-1000:]`.
	 *
	 * @default 'train'
	 */
	readonly split?: string;
	/**
	 * Makes `load` throw when it is aborted, as interrupting the kernel (■) does. A partial download is kept.
	 *
	 * @default undefined
	 */
	readonly signal?: AbortSignal;
}

/**
 * Loads `cats_vs_dogs` as `tfds.load` does, with the same examples (label 0 is a cat, 1 a dog) in the same order; or
 * images from your own folder, with a subfolder for each class.
 *
 * Images are read later, when they are needed; those of a folder are decoded once in advance, to skip damaged ones. `load`
 * prints which data it uses and shows the progress of slow steps.
 *
 * @example
 * const { train, info } = await load("cats_vs_dogs", { split: "train[:80%]" });
 *
 * @param name `cats_vs_dogs`, or the path of a folder
 * @throws TransferLearningError if the archive or folder is missing, damaged, unreadable or in another layout; if the split is
 * invalid; if the download fails although the host was reached; or if it was interrupted.
 */
export async function load(
	name: "cats_vs_dogs" | (string & {}),
	{ archive, split = "train", signal }: LoadOptions = {},
): Promise<LoadedDataset> {
	if (archive !== undefined && name !== "cats_vs_dogs") {
		throw new TransferLearningError(
			`The option archive is only for "cats_vs_dogs", not for "${printable(name)}". Write load("cats_vs_dogs", { archive }), or remove archive.`,
		);
	}
	return interruptible(signal, async (signal) => {
		try {
			signal.throwIfAborted();
			const loaded = await loadSource(name, archive, split, signal);
			signal.throwIfAborted();
			return loaded;
		} catch (cause) {
			if (!signal.aborted) throw cause;
			throw new TransferLearningError(
				"load was interrupted. Run the cell again: a download resumes where it stopped.",
				{ cause },
			);
		}
	});
}

async function loadSource(
	name: string,
	archive: string | undefined,
	split: string,
	signal: AbortSignal,
): Promise<LoadedDataset> {
	const source =
		name === "cats_vs_dogs"
			? (archive ?? (await findCatsVsDogs(officialArchive, signal)))
			: name;
	const isFolder = fs
		.statSync(source, { throwIfNoEntry: false })
		?.isDirectory();
	if (name !== "cats_vs_dogs" && !isFolder) {
		throw new TransferLearningError(
			`There is no data set or folder named "${printable(name)}" (${printable(path.resolve(name))}). Load "cats_vs_dogs", or a folder with a subfolder for each class.`,
		);
	}
	const loaded = isFolder
		? await loadFolder(source, split, signal)
		: await loadCatsVsDogs(source, split, signal);
	const drawn = !isFolder && isDrawn(source);
	setDataNote(drawn ? "Drawings, not photos" : undefined);
	console.log(
		printable(
			`${loaded.info.name}: ${loaded.train.size} ${drawn ? "drawings, not photos," : "examples"} from ${path.resolve(source)}`,
		),
	);
	return loaded;
}
