import { replaceFile, WeightsError } from "./weights_error";

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
	/** As in Python's `struct`, such as `<f` for 32-bit floats; compound types have an object. */
	readonly dtype: unknown;
	readonly value: unknown;
}

/**
 * Passes the root group of an HDF5 file to `use`.
 *
 * HDF5 sees a file system in memory that has nothing but these bytes: a file may name others that hold its arrays. After an
 * error, the HDF5 library may be unusable in this thread.
 *
 * @param file the file's name, for errors
 * @throws WeightsError if the bytes are truncated, damaged or not an HDF5 file; errors are detected here and in `use`.
 */
export async function readHdf5<T>(
	file: string,
	bytes: Uint8Array,
	use: (root: Group) => T,
): Promise<T> {
	try {
		// An ESM-only package, which CommonJS can only import dynamically.
		const hdf5 = await import("h5wasm");
		const library = await hdf5.ready;
		// Otherwise an error, such as a wrong checksum, prints a page and returns arbitrary numbers.
		library.activate_throwing_error_handler();
		library.FS.writeFile("/weights.h5", bytes);
		return use(new hdf5.File("/weights.h5", "r"));
	} catch (error) {
		if (error instanceof WeightsError) throw error;
		throw explain(file, error);
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

function explain(file: string, cause: unknown): WeightsError {
	const { message } = cause instanceof Error ? cause : new Error(`${cause}`);
	// HDF5's message is a stack, whose lines end in `in H5Z_pipeline(): reason`; the last one is the innermost.
	const reason = [...message.matchAll(/\(\): (.+)/g)].at(-1)?.[1];
	if (reason === "file signature not found") {
		return new WeightsError(
			file,
			"is not an HDF5 file",
			"Use an .h5 file that Keras saved, not a .keras file. If this one was downloaded, delete it and download it again.",
		);
	}
	const [, size, expected] =
		/^truncated file: eof = (\d+), .*stored_eof = (\d+)/.exec(reason ?? "") ??
		[];
	const problem = size
		? `is truncated: it has ${size} bytes of ${expected}`
		: `is damaged: the HDF5 library cannot read it (${reason ?? message.split("\n")[0]})`;
	return new WeightsError(file, problem, replaceFile);
}
