import { TransferLearningError } from "../errors";
import type { tf } from "../tf";
import { loadWeights } from "./load_weights";
import { buildMobileNetV2 } from "./mobilenet_v2_layers";
import {
	fetchImageNetWeights,
	findImageNetWeights,
	officialSize,
	type WeightsPlace,
} from "./pretrained";

/** Which MobileNetV2 `mobileNetV2` makes. */
export interface MobileNetV2Options {
	/** Height, width and channels of an image: at least 32 x 32, three channels for ImageNet's weights. */
	readonly inputShape: readonly [number, number, number];
	/** The width of the network: 0.35, 0.5, 0.75, 1, 1.3 or 1.4 where weights exist. Default: 1. */
	readonly alpha?: number;
	/**
	 * `'imagenet'` for pretrained weights, `null` for random ones, or the path of an `.h5` file that Keras
	 * saved: weights, or a whole model whose base is a MobileNetV2. Default: `'imagenet'`.
	 */
	readonly weights?: string | null;
}

/**
 * Makes MobileNetV2 without its top, layer by layer what Keras's `MobileNetV2(include_top=False)` is.
 *
 * The model takes `[n, height, width, 3]` and gives `[n, height / 32, width / 32, 1280]` features (more
 * channels for `alpha` above 1). It is called `mobilenetv2_1.00_128` for `alpha` 1 and 128 rows,
 * and after 224 where it has the weights of that size. Its
 * ImageNet weights were trained on inputs in [-1, 1]. With `'imagenet'` it takes the file that `MOBILENET_V2_WEIGHTS` names, or
 * Keras's own for this size and `alpha`, which it downloads into `data` if it is not there; it prints which file it used.
 *
 * The caller disposes the model.
 *
 * @throws TransferLearningError for an impossible input shape or `alpha`, for a file of weights that is missing, damaged
 * or made for another model, and if Keras's file cannot be downloaded.
 * @see https://arxiv.org/abs/1801.04381
 */
export async function mobileNetV2(
	{ inputShape, alpha = 1, weights = "imagenet" }: MobileNetV2Options,
	/** @internal Another folder and host of Keras's files, for tests. */
	place: WeightsPlace = {},
): Promise<tf.LayersModel> {
	checkOptions(inputShape, alpha, weights);
	const [rows, columns] = inputShape;
	const isImageNet = weights === "imagenet";
	const found = isImageNet
		? (findImageNetWeights(alpha, rows, columns, place.folder) ??
			(await fetchImageNetWeights(alpha, rows, columns, place)))
		: undefined;
	// As in Keras, where another size's weights name the model, too.
	const size = isImageNet ? officialSize(rows, columns) : rows;
	const model = buildMobileNetV2(inputShape, alpha, size);
	const file = found?.file ?? weights;
	if (file !== null) {
		try {
			await loadWeights(model, file);
		} catch (error) {
			model.dispose();
			throw error;
		}
	}
	if (found) console.log(`${model.name}: ${found.description}`);
	return model;
}

function checkOptions(
	inputShape: readonly number[],
	alpha: number,
	weights: string | null,
): void {
	const shown = `[${inputShape}]`;
	if (
		inputShape.length !== 3 ||
		!inputShape.every((size) => Number.isInteger(size) && size > 0)
	) {
		throw new TransferLearningError(
			`inputShape ${shown} must be three whole numbers: height, width and channels, such as [128, 128, 3].`,
		);
	}
	const [rows = 0, columns = 0, channels] = inputShape;
	if (rows < 32 || columns < 32) {
		throw new TransferLearningError(
			`inputShape ${shown} is too small: MobileNetV2 halves an image five times and needs at least 32 x 32.`,
		);
	}
	if (weights === "imagenet" && channels !== 3) {
		throw new TransferLearningError(
			`inputShape ${shown} has ${channels} channels, but ImageNet's weights are for 3. Use three channels, or weights: null.`,
		);
	}
	if (!(alpha > 0 && Number.isFinite(alpha))) {
		throw new TransferLearningError(
			`alpha must be a number above 0, not ${alpha}. ImageNet's weights exist for 0.35, 0.5, 0.75, 1, 1.3 and 1.4.`,
		);
	}
}
