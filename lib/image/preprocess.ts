import type { Example, ImageExample, Label } from "../dataset/example";
import type { Preprocess } from "../dataset/map_chain";
import { TransferLearningError } from "../errors";
import { ResizeQueue } from "./resize_queue";

/**
 * How images are prepared for a model.
 *
 * @example
 * const options: PreprocessOptions = { size: [160, 160], range: [-1, 1] };
 */
export interface PreprocessOptions {
	/**
	 * Height and width in pixels; the aspect ratio is not preserved.
	 *
	 * @default [128, 128]
	 */
	readonly size?: readonly [number, number];
	/**
	 * The range to which 0–255 is scaled: `[0, 1]` divides by 255; `[-1, 1]`, which MobileNetV2 was trained with, divides by
	 * 127.5 and subtracts 1 (Keras's `mobilenet_v2.preprocess_input`).
	 *
	 * @default [0, 1]
	 */
	readonly range?: readonly [0, 1] | readonly [-1, 1];
}

/**
 * Creates a function for `map` that reads an example's image, decodes it, resizes it and scales its values.
 *
 * The function returns the example with its `image`, `[height, width, 3]`. It throws a TransferLearningError if the image
 * cannot be read or decoded.
 *
 * @example
 * const batches = train.map(createPreprocess({ size: [160, 160] })).batch(32);
 *
 * @throws TransferLearningError unless `size` is two positive integers.
 */
export function createPreprocess({
	size: [height, width] = [128, 128],
	range = [0, 1],
}: PreprocessOptions = {}): Preprocess {
	if (![height, width].every((side) => Number.isInteger(side) && side > 0)) {
		throw new TransferLearningError(
			`Images cannot be resized to ${height} x ${width}. Give height and width in whole pixels, such as size: [128, 128].`,
		);
	}
	const [divisor, offset] = range[0] === 0 ? ([255, 0] as const) : [127.5, 1];
	const queue = new ResizeQueue([height, width], divisor, offset);
	const preprocess = async <L extends Label>(
		example: Example<L>,
	): Promise<ImageExample<L>> => {
		const data = await queue.load(example);
		return { ...example, image: { data, shape: [height, width, 3] } };
	};
	return Object.assign(preprocess, { deterministic: true } as const);
}

/**
 * Prepares images as the walkthrough does: `[128, 128, 3]`, values 0–1.
 *
 * @example
 * const batches = train.map(preprocess).batch(32);
 */
export const preprocess = createPreprocess();
