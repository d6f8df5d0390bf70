import { rawOp } from "../kernels/raw_op";
import { tf } from "../tf";

/**
 * Resizes pixels with the operation behind Python's `tf.image.resize`: bilinear, half-pixel centres, no antialiasing, the
 * aspect ratio not kept. (`tf.image.resizeBilinear` does not take bytes.)
 *
 * @param pixels bytes, `[height, width, 3]`, from `decodePixels`
 * @param size height and width
 * @returns values 0–255, `[1, height, width, 3]`, float32; the caller disposes them
 */
export function resizeBilinear(
	pixels: tf.Tensor3D,
	size: readonly [number, number],
): tf.Tensor4D {
	const T = { type: "uint8" } as const;
	const batch = rawOp("ExpandDims", { T, Tdim: { type: "int32" } });
	const resize = rawOp("ResizeBilinear", {
		T,
		align_corners: false,
		half_pixel_centers: true,
	});
	return tf.tidy(() =>
		resize(
			batch(pixels, tf.scalar(0, "int32")),
			tf.tensor1d([...size], "int32"),
		),
	) as tf.Tensor4D;
}
