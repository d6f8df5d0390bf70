import { limitConcurrency } from "../dataset/concurrency";
import type { Example, ImageExample, Label } from "../dataset/example";
import type { Preprocess } from "../dataset/map_chain";
import { TransferLearningError } from "../errors";
import { tf } from "../tf";
import { decodePixels } from "./decode";
import { resizeBilinear } from "./resize";

/** What every image becomes. */
export interface PreprocessOptions {
	/** Height and width in pixels; the aspect ratio is not kept. Default: `[128, 128]`. */
	readonly size?: readonly [number, number];
	/**
	 * What 0 and 255 become. Default: `[0, 1]`, by division by 255. MobileNetV2's own is `[-1, 1]`, by
	 * division by 127.5 and subtraction of 1 (Keras's `mobilenet_v2.preprocess_input`).
	 */
	readonly range?: readonly [0, 1] | readonly [-1, 1];
}

// As many files are in memory at a time, whatever a batch's size: enough to keep libuv's four threads busy.
const limit = limitConcurrency(8);

/**
 * Makes a function for `map` that reads an example's image, decodes it, resizes it (TensorFlow's bilinear
 * resize) and scales its values.
 *
 * The function returns the example with its image, `[height, width, 3]`, and throws a TransferLearningError if the image
 * cannot be read or decoded.
 *
 * @throws TransferLearningError if the size is none.
 */
export function createPreprocess({
	size: [height, width] = [128, 128],
	range = [0, 1],
}: PreprocessOptions = {}): Preprocess {
	if (![height, width].every((side) => Number.isInteger(side) && side > 0)) {
		throw new TransferLearningError(
			`Images cannot be resized to ${height} x ${width}. Give size as height and width in whole pixels: size: [128, 128].`,
		);
	}
	const [divisor, offset] = range[0] === 0 ? [255, 0] : [127.5, 1];
	const preprocess = async <L extends Label>(
		example: Example<L>,
	): Promise<ImageExample<L>> => {
		const pixels = await limit(async () =>
			decodePixels(await example.read(), example.id),
		);
		// In single precision, rounded after each step, as in Python.
		const scaled = tf.tidy(() => {
			const divided = resizeBilinear(pixels, [height, width]).div(divisor);
			return offset ? divided.sub(offset) : divided;
		});
		// Not within `tidy`, which would look for tensors among the values.
		const data = scaled.dataSync() as Float32Array;
		tf.dispose([pixels, scaled]);
		return { ...example, image: { data, shape: [height, width, 3] } };
	};
	return Object.assign(preprocess, { deterministic: true } as const);
}

/** Prepares images as the walkthrough does: `[128, 128, 3]`, values 0–1. */
export const preprocess = createPreprocess();
