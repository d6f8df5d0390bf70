import * as fs from "node:fs";
import * as path from "node:path";
import { step } from "../../packages/tfjs-on-wheel/step.mjs";
import { UserError } from "../../packages/tfjs-on-wheel/user_error.mjs";
import { display, importLibrary } from "./paths.mjs";

/**
 * Checks the files that the user names in the environment before any long step, and makes their paths absolute, because
 * the notebook's kernel runs in another folder than the command.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @throws {UserError}
 */
export function checkInputs(env = process.env) {
	// npm changes to the project's root, and keeps the original folder here.
	const typedIn = env.INIT_CWD ?? process.cwd();
	for (const [variable, check] of /** @type {const} */ ([
		["CATS_VS_DOGS", checkArchive],
		["MOBILENET_V2_WEIGHTS", checkHdf5],
	])) {
		const named = env[variable];
		if (!named || isDrawn(variable, named)) continue;
		const file = path.resolve(typedIn, named);
		if (!fs.existsSync(file))
			throw new UserError(
				`${variable} names a file that does not exist: ${file}\nCorrect the path, or unset ${variable} to let the project find its own.`,
			);
		check(file);
		env[variable] = file;
	}
}

/** Shows which images the notebook will read. */
export async function showData() {
	await step("images", describeData);
}

/** @returns {Promise<string>} which images the notebook will read; only once the library is compiled */
export async function describeData() {
	const named = process.env.CATS_VS_DOGS;
	if (named && isDrawn("CATS_VS_DOGS", named))
		return "drawn by the project itself, as a stand-in for photos (CATS_VS_DOGS)";
	if (named) return `${display(named)} (CATS_VS_DOGS)`;
	/** @type {typeof import("../../lib/sources/official.js")} */
	const { officialArchive } = await importLibrary("sources/official");
	const { file } = officialArchive;
	if (fs.existsSync(file)) return display(file);
	return "none in data yet: the notebook downloads Microsoft's archive (825 MB) when it first needs it";
}

/**
 * @param {string} variable
 * @param {string} value
 * @returns {boolean} whether this asks for the library's own drawings instead of a file
 */
function isDrawn(variable, value) {
	return variable === "CATS_VS_DOGS" && value === "drawn";
}

/** @param {string} file a folder, or a file that must be a whole zip archive */
function checkArchive(file) {
	if (fs.statSync(file).isDirectory()) return;
	// A zip archive's directory is at its end, before a comment of up to 65,535 bytes.
	const start = readBytes(file, 0, 4).toString("latin1");
	const size = fs.statSync(file).size;
	const end = readBytes(file, Math.max(0, size - 22 - 65_535), size);
	if (!start.startsWith("PK"))
		throw new UserError(
			`CATS_VS_DOGS names a file that is not a zip archive: ${file}\nUse Microsoft's archive, another zip archive with the same layout, or a folder.`,
		);
	if (!end.includes("PK\x05\x06", 0, "latin1"))
		throw new UserError(
			`CATS_VS_DOGS names a zip archive whose end is missing: ${file} (${size.toLocaleString("en")} bytes)\nDownload it again; Microsoft's archive has 824,887,076 bytes.`,
		);
}

/** @param {string} file */
function checkHdf5(file) {
	if (!isHdf5(file))
		throw new UserError(
			`MOBILENET_V2_WEIGHTS names a file that is not HDF5: ${file}\nUse Keras's MobileNetV2 weights (.h5), or unset MOBILENET_V2_WEIGHTS to let the project find its own.`,
		);
}

/**
 * @param {string} file
 * @returns {boolean} whether the file starts with HDF5's signature
 */
function isHdf5(file) {
	return (
		fs.statSync(file).isFile() &&
		readBytes(file, 0, 8).toString("latin1") === "\x89HDF\r\n\x1a\n"
	);
}

/**
 * @param {string} file
 * @param {number} from
 * @param {number} to
 */
function readBytes(file, from, to) {
	const bytes = Buffer.alloc(to - from);
	const handle = fs.openSync(file, "r");
	try {
		return bytes.subarray(0, fs.readSync(handle, bytes, 0, to - from, from));
	} finally {
		fs.closeSync(handle);
	}
}
