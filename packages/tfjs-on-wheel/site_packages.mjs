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
		return readVersion(sitePackages, name) === version;
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
 * Removes what an interrupted `pip` left behind: incomplete packages, which it would take as installed (RECORD, the list of
 * their files, is written last), and folders moved aside for deletion.
 *
 * @param {string} sitePackages
 */
export function removeHalfInstalled(sitePackages) {
	if (!fs.existsSync(sitePackages)) return;
	for (const name of fs.readdirSync(sitePackages)) {
		const folder = path.join(sitePackages, name);
		const half =
			name.endsWith(".dist-info") &&
			!fs.existsSync(path.join(folder, "RECORD"));
		if (half || name.startsWith("~"))
			fs.rmSync(folder, { recursive: true, force: true });
	}
}

/** @param {string} name */
function normalize(name) {
	return name.toLowerCase().replace(/[-_.]+/g, "_");
}
