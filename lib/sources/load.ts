import * as fs from "node:fs";
import * as path from "node:path";
import { isDrawn } from "drawn-pets";
import { TransferLearningError } from "../errors";
import { interruptible } from "../host";
import { printable } from "../text";
import { loadCatsVsDogs } from "./cats_vs_dogs";
import { setDataNote } from "./data_note";
import { loadFolder } from "./folder";
import type { LoadedDataset } from "./info";
import { officialArchive } from "./official";
import { findCatsVsDogs } from "./source";

/** Where to find the data, and what part of it to take. */
export interface LoadOptions {
	/**
	 * An archive in the layout of Microsoft's `kagglecatsanddogs_5340.zip`, or a folder with a subfolder for each class.
	 * Default: what the environment's `CATS_VS_DOGS` names, else Microsoft's archive in the folder `data`, which is downloaded
	 * if it is not there, else drawings that the project makes itself. For `cats_vs_dogs` only.
	 */
	readonly archive?: string;
	/** The examples to take, as TensorFlow Datasets writes it: `train[:80%]`, `train[80%:]`, …. Default: `train`, all of them. */
	readonly split?: string;
	/** Ends `load` with an error when it is aborted, as the kernel's interruption (■) does. What was downloaded stays. */
	readonly signal?: AbortSignal;
}

/**
 * Loads `cats_vs_dogs` as `tfds.load` does: the same examples (label 0 is a cat, 1 a dog) in the same order; or
 * images from a folder of yours, with a subfolder for each class.
 *
 * Images are read later, when they are needed; those of a folder are decoded once before, to skip the damaged ones.
 * It prints what it uses, and shows the progress of what takes long.
 *
 * @param name `cats_vs_dogs`, or the path of a folder
 * @throws TransferLearningError if there is no such archive or folder, if it is damaged, cannot be read or has another layout, if the
 * download fails for another reason than a missing network, or if it was interrupted.
 */
export async function load(
	name: "cats_vs_dogs" | (string & {}),
	{ archive, split = "train", signal }: LoadOptions = {},
): Promise<LoadedDataset> {
	if (archive !== undefined && name !== "cats_vs_dogs") {
		throw new TransferLearningError(
			`archive names where cats_vs_dogs is, and "${printable(name)}" is another data set. Write load("cats_vs_dogs", { archive }), or leave archive out.`,
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
				"load was interrupted. Run the cell again: a download goes on where it stopped.",
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
			`There is no data set and no folder "${printable(name)}" (${printable(path.resolve(name))}). Load "cats_vs_dogs", or a folder with a subfolder for each class.`,
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
