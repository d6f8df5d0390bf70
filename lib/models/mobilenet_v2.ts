import { TransferLearningError } from "../errors";
import type { tf } from "../tf";
import { loadWeights } from "./load_weights";
import { buildMobileNetV2 } from "./mobilenet_v2_layers";
import {
	alphas,
	fetchImageNetWeights,
	findImageNetWeights,
	officialSize,
	type WeightsPlace,
} from "./pretrained";

/**
 * Options of `mobileNetV2`.
 *
 * @example
 * ```ts
 * const narrow = await mobileNetV2({ inputShape: [96, 96, 3], alpha: 0.5, weights: null });
 * ```
 */
export interface MobileNetV2Options {
	/** Height, width and channels of the images: at least 32 x 32 pixels, and 3 channels for ImageNet weights. */
	readonly inputShape: readonly [number, number, number];
	/**
	 * The width of the network, above 0. ImageNet weights exist for 0.35, 0.5, 0.75, 1, 1.3 and 1.4.
	 *
	 * @default 1
	 */
	readonly alpha?: number;
	/**
	 * `'imagenet'` for pretrained weights, `null` for random ones, or the path of an `.h5` file that Keras saved: weights,
	 * or a whole model whose base is a MobileNetV2.
	 *
	 * @default 'imagenet'
	 */
	readonly weights?: string | null;
}

/**
 * Creates MobileNetV2 without its classifier, with the same layers as Keras's `MobileNetV2(include_top=False)`.
 *
 * The model maps `[n, height, width, channels]` to features of `[n, height / 32, width / 32, 1280]` (more for `alpha`
 * above 1). ImageNet weights expect inputs in [-1, 1]. They come from the file that `MOBILENET_V2_WEIGHTS` names, else from
 * Keras's file for this size and `alpha`, which is downloaded to `data` if it is missing; the file is printed. As in Keras,
 * the model's name ends in `alpha` and the size of the weights: `mobilenetv2_1.00_128`.
 *
 * The caller disposes the model.
 *
 * @throws TransferLearningError if the input shape or `alpha` is invalid, if the weights file is missing, damaged or for
 * another model, or if Keras's file cannot be downloaded.
 * @see https://arxiv.org/abs/1801.04381
 *
 * @example
 * ```ts
 * const base = await mobileNetV2({ inputShape: [128, 128, 3] });
 * base.trainable = false;
 * ```
 */
export async function mobileNetV2(
	{ inputShape, alpha = 1, weights = "imagenet" }: MobileNetV2Options,
	/** @internal Another folder and host for Keras's files, for tests. */
	place: WeightsPlace = {},
): Promise<tf.LayersModel> {
	checkOptions(inputShape, alpha, weights);
	const [rows, columns] = inputShape;
	const isImageNet = weights === "imagenet";
	const found = isImageNet
		? (findImageNetWeights(alpha, rows, columns, place.folder) ??
			(await fetchImageNetWeights(alpha, rows, columns, place)))
		: undefined;
	// As in Keras, which names the model after the size of the weights.
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
			`inputShape ${shown} must be three positive integers: height, width and channels, such as [128, 128, 3].`,
		);
	}
	const [rows = 0, columns = 0, channels] = inputShape;
	if (rows < 32 || columns < 32) {
		throw new TransferLearningError(
			`inputShape ${shown} is too small: MobileNetV2 halves images five times and needs at least 32 x 32 pixels.`,
		);
	}
	if (weights === "imagenet" && channels !== 3) {
		throw new TransferLearningError(
			`inputShape ${shown} has ${channels} channels, but ImageNet weights need 3. Use 3 channels, or weights: null.`,
		);
	}
	if (!(alpha > 0 && Number.isFinite(alpha))) {
		throw new TransferLearningError(
			`alpha must be a number above 0, not ${alpha}. ImageNet weights exist for ${alphas.join(", ")}.`,
		);
	}
}
