import type { Dirent, Stats } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { readFailure, TransferLearningError } from "../errors";
import { printable } from "../text";

const imageName = /^[^.].*\.(jpe?g|png|webp|avif|gif|tiff?)$/is;

/** The contents of a folder with a subfolder for each class, judged by file names alone. */
export interface ClassFolders {
	/** The subfolders' names, sorted. */
	readonly classNames: readonly string[];
	/** Class indices by image: the path in the folder, such as `cat/rex.jpg`. */
	readonly images: ReadonlyMap<string, number>;
	/** Broken links, with a message for each. */
	readonly dangling: Readonly<Record<string, string>>;
	/** Number of other files and folders: hidden, with another extension, or in the wrong place. */
	readonly ignored: number;
}

/**
 * Lists the images in `<folder>/<class>/`. Links to folders and files are followed.
 *
 * @throws TransferLearningError if a folder cannot be read, or if there are fewer than two classes.
 */
export async function listClassFolders(source: string): Promise<ClassFolders> {
	const dangling: Record<string, string> = {};
	const images = new Map<string, number>();
	let ignored = 0;
	const list = async (
		folder: string,
		isWanted: "isDirectory" | "isFile",
		wantedName: RegExp,
	) => {
		const names: string[] = [];
		for (const entry of await readFolder(path.join(source, folder))) {
			const id = path.posix.join(folder, entry.name);
			const target = wantedName.test(entry.name)
				? await followLink(path.join(source, id), entry)
				: "ignored";
			if (!target) {
				dangling[id] = `${id} is a link to something that does not exist.`;
			} else if (target !== "ignored" && target[isWanted]()) {
				names.push(entry.name);
			} else {
				ignored++;
			}
		}
		return names;
	};
	const classNames = (await list("", "isDirectory", /^[^.]/)).sort();
	if (classNames.length < 2) {
		const [only] = classNames;
		const found = only ? `one folder (${printable(only)})` : "no folders";
		throw new TransferLearningError(
			`${source} has ${found}, but two or more are needed, one for each class, such as ${path.join(source, "cat")} and ${path.join(source, "dog")}.`,
		);
	}
	for (const [label, name] of classNames.entries()) {
		for (const file of await list(name, "isFile", imageName)) {
			images.set(`${name}/${file}`, label);
		}
	}
	return { classNames, images, dangling, ignored };
}

/** What an entry is, or what it links to; undefined if the link is broken. */
async function followLink(
	file: string,
	entry: Dirent,
): Promise<Dirent | Stats | undefined> {
	if (!entry.isSymbolicLink()) return entry;
	try {
		return await fs.stat(file);
	} catch (error) {
		const { code = "" } = error as NodeJS.ErrnoException;
		if (["ENOENT", "ENOTDIR", "ELOOP"].includes(code)) return undefined;
		throw readFailure(printable(file), error);
	}
}

async function readFolder(folder: string): Promise<Dirent[]> {
	try {
		return await fs.readdir(folder, { withFileTypes: true });
	} catch (cause) {
		throw new TransferLearningError(
			`The folder ${printable(folder)} cannot be read (${(cause as Error).message}). Check the path and its permissions, and run this again.`,
			{ cause },
		);
	}
}
