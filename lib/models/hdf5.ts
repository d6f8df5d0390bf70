import * as path from "node:path";
import { TransferLearningError } from "../errors";
import { WeightsError } from "./weights_error";

// The parts of h5wasm's types that are used here: a CommonJS module cannot import the types themselves.

/** An HDF5 group. */
export interface Group {
	readonly attrs: Readonly<Record<string, { readonly value: unknown }>>;
	get(name: string): unknown;
}

/** An HDF5 data set, which holds one array. */
export interface Dataset {
	readonly path: string;
	readonly shape: readonly number[] | null;
	readonly value: unknown;
}

/**
 * Opens an HDF5 file, passes its root group to `use`, and closes the file.
 *
 * @throws WeightsError if the file is missing, truncated, damaged or not an HDF5 file; errors are detected here and in `use`.
 */
export async function readHdf5<T>(
	file: string,
	use: (root: Group) => T,
): Promise<T> {
	// An ESM-only package, which CommonJS can only import dynamically.
	const hdf5 = await import("h5wasm/node");
	const library = await hdf5.ready;
	// Otherwise an error, such as a wrong checksum, prints a page to stderr and returns arbitrary numbers.
	library.activate_throwing_error_handler();
	let opened: InstanceType<typeof hdf5.File> | undefined;
	try {
		opened = new hdf5.File(path.resolve(file), "r");
		return use(opened);
	} catch (error) {
		if (error instanceof TransferLearningError) throw error;
		throw explain(file, error as Error);
	} finally {
		library.deactivate_throwing_error_handler();
		opened?.close();
	}
}

/** Reads an attribute of a group as strings; empty if there is no such attribute. */
export function readStrings(group: Group, name: string): string[] {
	const { attrs } = group;
	const whole = attrs[name];
	if (whole) return toStrings(whole.value);
	// Keras splits values that are too long for one attribute: name0, name1, …
	const strings: string[] = [];
	for (let part = 0; ; part++) {
		const attribute = attrs[`${name}${part}`];
		if (!attribute) return strings;
		strings.push(...toStrings(attribute.value));
	}
}

/** The group with this name, if there is one. */
export function findGroup(group: Group, name: string): Group | undefined {
	const found = group.get(name);
	return typeOf(found) === "Group" ? (found as Group) : undefined;
}

/** The data set with this name, if there is one. */
export function findDataset(group: Group, name: string): Dataset | undefined {
	const found = group.get(name);
	return typeOf(found) === "Dataset" ? (found as Dataset) : undefined;
}

function typeOf(entity: unknown): string | undefined {
	return (entity as { readonly type?: string } | null)?.type;
}

function toStrings(value: unknown): string[] {
	return Array.isArray(value) ? value.map(String) : [];
}

function explain(file: string, cause: Error): WeightsError {
	// HDF5's message is a stack, whose lines end in `in H5Z_pipeline(): reason`; the last one is the innermost.
	const reason =
		[...cause.message.matchAll(/\(\): (.+)/g)].at(-1)?.[1] ?? cause.message;
	const [, unreadable] = /error message = '(.*?)'/.exec(cause.message) ?? [];
	if (unreadable) {
		const problem = `cannot be read: ${unreadable}`;
		return new WeightsError(file, problem, "Check the path.", { cause });
	}
	if (reason === "file signature not found") {
		return new WeightsError(
			file,
			"is not an HDF5 file",
			"Use an .h5 file that Keras saved, not a .keras file. If this one was downloaded, delete it and download it again.",
		);
	}
	const [, size, expected] =
		/^truncated file: eof = (\d+), .*stored_eof = (\d+)/.exec(reason) ?? [];
	const problem = size
		? `is truncated: it has ${size} bytes of ${expected}`
		: `is damaged: the HDF5 library cannot read it (${reason})`;
	const remedy = "Delete it and download it again.";
	return new WeightsError(file, problem, remedy, { cause });
}
