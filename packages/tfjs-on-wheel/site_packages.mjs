import * as fs from "node:fs";
import * as path from "node:path";

/**
 * @param {string} prefix the folder of a Python environment
 * @returns {string} the folder of its packages; conda's link `python3.1` is ignored
 */
export function findSitePackages(prefix) {
	const lib = path.join(prefix, "lib");
	const version = fs.existsSync(lib)
		? fs
				.readdirSync(lib, { withFileTypes: true })
				.find(
					(entry) => entry.isDirectory() && /^python3\.\d+$/.test(entry.name),
				)
		: undefined;
	return path.join(lib, version?.name ?? "python3", "site-packages");
}

/**
 * @param {string} sitePackages
 * @param {readonly string[]} packages such as `tensorflow==2.21.0`
 * @returns {boolean} whether all are installed with exactly these versions
 */
export function hasPackages(sitePackages, packages) {
	return packages.every((item) => {
		const [name = "", version] = item.split("==");
		return readVersion(sitePackages, name.replace(/\[.*/, "")) === version;
	});
}

/**
 * @param {string} sitePackages
 * @param {string} name
 * @returns {string | undefined} the installed version of a package
 */
export function readVersion(sitePackages, name) {
	if (!fs.existsSync(sitePackages)) return undefined;
	// https://packaging.python.org/en/latest/specifications/recording-installed-packages
	const wanted = normalize(name);
	for (const folder of fs.readdirSync(sitePackages)) {
		const match = /^(.+)-([^-]+)\.dist-info$/.exec(folder);
		if (match && normalize(match[1] ?? "") === wanted) return match[2];
	}
	return undefined;
}

/**
 * Removes what an interrupted `pip` left behind, and the records of packages whose files are gone: `pip` would take both as
 * installed.
 *
 * @param {string} sitePackages
 */
export function removeHalfInstalled(sitePackages) {
	for (const folder of findHalfInstalled(sitePackages))
		fs.rmSync(folder, { recursive: true, force: true });
}

/**
 * @param {string} sitePackages
 * @returns {string[]} the folders of records without a list of files (RECORD, which is written last) or of which a module
 * or library is missing, and folders moved aside for deletion
 */
export function findHalfInstalled(sitePackages) {
	if (!fs.existsSync(sitePackages)) return [];
	return fs
		.readdirSync(sitePackages)
		.filter(
			(name) =>
				name.startsWith("~") ||
				(name.endsWith(".dist-info") && !isWhole(sitePackages, name)),
		)
		.map((name) => path.join(sitePackages, name));
}

/**
 * @param {string} sitePackages
 * @param {string} record
 */
function isWhole(sitePackages, record) {
	const list = path.join(sitePackages, record, "RECORD");
	if (!fs.existsSync(list)) return false;
	// Not all files, because this runs before each command.
	return fs
		.readFileSync(list, "utf8")
		.split("\n")
		.map((line) => line.slice(0, line.indexOf(",")))
		.filter((file) => /(^|\/)__init__\.py$|\.so(\.\d+)*$/.test(file))
		.every((file) => fs.existsSync(path.join(sitePackages, file)));
}

/** @param {string} name */
function normalize(name) {
	return name.toLowerCase().replace(/[-_.]+/g, "_");
}
