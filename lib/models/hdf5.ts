import * as fs from "node:fs";
import * as path from "node:path";
import { WeightsError } from "./weights_error";

// What this library uses of h5wasm's types, which a CommonJS module cannot name.

export interface Group {
	readonly attrs: Readonly<Record<string, { readonly value: unknown }>>;
	get(name: string): unknown;
}

export interface Dataset {
	readonly path: string;
	readonly shape: readonly number[] | null;
	readonly value: unknown;
}

/** Every HDF5 file begins with these bytes. */
const signature = "\x89HDF\r\n\x1a\n";

/**
 * Opens an HDF5 file, gives its root group to `use`, and closes it again.
 *
 * @throws WeightsError if the file is missing, truncated or not an HDF5 file.
 */
export async function readHdf5<T>(
	file: string,
	use: (root: Group) => T,
): Promise<T> {
	checkHdf5(file);
	// An ESM-only package: only a dynamic import reaches it from CommonJS.
	const hdf5 = await import("h5wasm/node");
	const library = await hdf5.ready;
	const opened = new hdf5.File(path.resolve(file), "r");
	// Otherwise a failure to read, such as a wrong checksum, is a page on stderr and arbitrary numbers.
	library.activate_throwing_error_handler();
	try {
		return use(opened);
	} finally {
		library.deactivate_throwing_error_handler();
		opened.close();
	}
}

/** The strings of an attribute of a group; none if there is no such attribute. */
export function readStrings(group: Group, name: string): string[] {
	const { attrs } = group;
	const whole = attrs[name];
	if (whole) return toStrings(whole.value);
	// Keras splits what is too long for one attribute: name0, name1, …
	const strings: string[] = [];
	for (let part = 0; ; part++) {
		const attribute = attrs[`${name}${part}`];
		if (!attribute) return strings;
		strings.push(...toStrings(attribute.value));
	}
}

/** The group of this name, if there is one. */
export function findGroup(group: Group, name: string): Group | undefined {
	const found = group.get(name);
	return typeOf(found) === "Group" ? (found as Group) : undefined;
}

/** The data set of this name, if there is one. */
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

/**
 * Refuses what the HDF5 library would answer with a page of diagnostics on stderr.
 *
 * The first bytes of the file say how long it should be: see "Disk Format: Level 0A, Superblock" in the HDF5
 * File Format Specification. Only files with eight-byte addresses are checked, as everybody writes them.
 */
function checkHdf5(file: string): void {
	const start = new DataView(new ArrayBuffer(64));
	let size: number;
	try {
		const descriptor = fs.openSync(file, "r");
		try {
			size = fs.fstatSync(descriptor).size;
			fs.readSync(descriptor, start, 0, start.byteLength, 0);
		} finally {
			fs.closeSync(descriptor);
		}
	} catch (error) {
		throw new WeightsError(
			file,
			`cannot be read: ${(error as Error).message}`,
			"Check the path.",
			{ cause: error },
		);
	}
	if (![...signature].every((c, i) => start.getUint8(i) === c.charCodeAt(0))) {
		throw new WeightsError(
			file,
			"is not an HDF5 file",
			"Weights must be an .h5 file that Keras saved; a .keras file is not one. If it was downloaded, delete it and download it again.",
		);
	}
	const version = start.getUint8(8);
	const addressSize = start.getUint8(version < 2 ? 13 : 9);
	const endAt = version === 0 ? 40 : version === 1 ? 44 : 28;
	const expected = start.getBigUint64(endAt, true);
	if (addressSize === 8 && BigInt(size) < expected) {
		throw new WeightsError(
			file,
			`is truncated: it has ${size} bytes of ${expected}`,
			"Delete it and download it again.",
		);
	}
}
