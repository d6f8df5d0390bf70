import { limitConcurrency } from "../dataset/concurrency";
import type { Example, ImageExample, Label } from "../dataset/example";
import type { Preprocess } from "../dataset/map_chain";
import { TransferLearningError } from "../errors";
import { rawOp } from "../kernels/raw_op";
import { tf } from "../tf";
import { decodePixels } from "./decode";

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

// Limits the files in memory, whatever the batch size; eight keep libuv's four threads busy.
const limit = limitConcurrency(8);

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
		// Outside `tidy`, which would search the values for tensors.
		const data = scaled.dataSync() as Float32Array;
		tf.dispose([pixels, scaled]);
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

/**
 * Resizes uint8 pixels, `[height, width, 3]`, with the operation behind Python's `tf.image.resize`: bilinear, half-pixel
 * centres, no antialiasing. Returns `[1, height, width, 3]`, float32. (`tf.image.resizeBilinear` rejects uint8.)
 */
function resizeBilinear(
	pixels: tf.Tensor3D,
	size: readonly [number, number],
): tf.Tensor {
	const T = { type: "uint8" } as const;
	const expandDims = rawOp("ExpandDims", { T, Tdim: { type: "int32" } });
	const resize = rawOp("ResizeBilinear", {
		T,
		align_corners: false,
		half_pixel_centers: true,
	});
	const batch = expandDims(pixels, tf.scalar(0, "int32"));
	return resize(batch, tf.tensor1d([...size], "int32")) as tf.Tensor;
}
