import type { Dirent, Stats } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { readFailure, TransferLearningError } from "../errors";
import { printable } from "../text";

const imageName = /^[^.].*\.(jpe?g|png|webp|avif|gif|tiff?)$/is;

/** What a folder with a subfolder for each class holds, by the files' names alone. */
export interface ClassFolders {
	/** The subfolders' names, sorted. */
	readonly classNames: readonly string[];
	/** The images: paths within the folder, such as `cat/rex.jpg`, and the indices of their classes. */
	readonly images: ReadonlyMap<string, number>;
	/** Links that lead to nothing, with a line for each. */
	readonly dangling: Readonly<Record<string, string>>;
	/** How many other files and folders there are: hidden, with other extensions, or in other places. */
	readonly passedOver: number;
}

/**
 * Lists the images in `<folder>/<class>/`. Links to folders and files are followed.
 *
 * @throws TransferLearningError if a folder cannot be read, or if there are fewer than two classes.
 */
export async function listClassFolders(source: string): Promise<ClassFolders> {
	const dangling: Record<string, string> = {};
	const images = new Map<string, number>();
	let passedOver = 0;
	/** The entries of one kind whose names are accepted; links that lead nowhere are noted. */
	const list = async (folder: string, kind: Kind, accepts: RegExp) => {
		const names: string[] = [];
		for (const entry of await readFolder(path.join(source, folder))) {
			const id = folder ? `${folder}/${entry.name}` : entry.name;
			const found = accepts.test(entry.name)
				? await findKind(path.join(source, id), entry)
				: "other";
			if (found === kind) names.push(entry.name);
			else if (found !== "missing") passedOver++;
			else dangling[id] = `${id} is a link to something that does not exist.`;
		}
		return names;
	};
	const classNames = (await list("", "folder", /^[^.]/)).sort();
	requireTwo(source, classNames);
	for (const [label, name] of classNames.entries()) {
		for (const file of await list(name, "file", imageName)) {
			images.set(`${name}/${file}`, label);
		}
	}
	return { classNames, images, dangling, passedOver };
}

type Kind = "folder" | "file" | "other" | "missing";

async function findKind(file: string, entry: Dirent): Promise<Kind> {
	let target: Dirent | Stats = entry;
	if (entry.isSymbolicLink()) {
		try {
			target = await fs.stat(file);
		} catch (error) {
			const { code = "" } = error as NodeJS.ErrnoException;
			if (["ENOENT", "ENOTDIR", "ELOOP"].includes(code)) return "missing";
			throw readFailure(printable(file), error);
		}
	}
	if (target.isDirectory()) return "folder";
	return target.isFile() ? "file" : "other";
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

function requireTwo(source: string, classNames: readonly string[]): void {
	if (classNames.length >= 2) return;
	const found =
		classNames.length === 1
			? `one folder (${printable(classNames[0] as string)})`
			: "no folders";
	throw new TransferLearningError(
		`${source} has ${found} where two or more are needed, one for each class: ${path.join(source, "cat")} and ${path.join(source, "dog")}, for instance.`,
	);
}
