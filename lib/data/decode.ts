import sharp from "sharp";
import { TransferLearningError } from "../errors";
import { decodeWithTensorFlow } from "./decode_tensorflow";
import type { Image } from "./example";
import { type PictureHeader, readPictureHeader } from "./picture_header";

/**
 * What decodes pictures: `sharp`, in other threads, several at a time; or `tensorflow`, on the
 * JavaScript thread, with the same bits as Python's `tf.io.decode_image`.
 */
export type Decoder = "sharp" | "tensorflow";

/** The largest picture that is decoded, in pixels: 300 MB of RGB. */
const maxPixels = 100_000_000;

/**
 * Decodes a picture to RGB as `tf.io.decode_image(bytes, channels=3, expand_animations=False)` would: grey becomes
 * three equal channels, alpha is dropped, 16 bits become 8, CMYK is converted without a profile, of an animation only the
 * first frame is taken, and neither an EXIF orientation nor an ICC profile is applied.
 *
 * sharp decodes flawless JPEG and PNG, and WebP, AVIF and TIFF (still RGB, alpha dropped). Its JPEG decoder differs
 * from TensorFlow's by about one level in 255; PNG has the same bits. TensorFlow itself decodes the rest: GIF, BMP,
 * CMYK, and pictures that sharp finds a flaw in, so that what TensorFlow makes of a damaged picture, be
 * it a picture or an error, is what comes out here.
 *
 * @param name what to call the picture in an error
 * @param decoder default: `sharp`. `tensorflow` decodes JPEG, PNG, GIF and BMP.
 * @returns pixels 0–255, `[height, width, 3]`
 * @throws TransferLearningError if the bytes are no picture, a damaged one, or one of more than 100 megapixels.
 */
export async function decodeImage(
	bytes: Buffer,
	name: string,
	decoder: Decoder = "sharp",
): Promise<Image<Uint8Array>> {
	try {
		const header = readPictureHeader(bytes);
		const { format, pixels = 0 } = header;
		if (pixels > maxPixels) {
			throw new Error(
				`it has ${Math.round(pixels / 1e6)} megapixels, and ${maxPixels / 1e6} are the most`,
			);
		}
		if (decoder === "sharp") return await decodeWithSharp(bytes, header);
		if (["WebP", "AVIF", "TIFF"].includes(format)) {
			throw new Error(`${format} needs the decoder "sharp"`);
		}
		return decodeWithTensorFlow(bytes);
	} catch (cause) {
		throw new TransferLearningError(
			`${name} cannot be decoded as a picture: ${(cause as Error).message}.`,
			{ cause },
		);
	}
}

async function decodeWithSharp(
	bytes: Buffer,
	{ format, needsTensorFlow }: PictureHeader,
): Promise<Image<Uint8Array>> {
	if (needsTensorFlow) return decodeWithTensorFlow(bytes);
	const isTensorFlows = format === "JPEG" || format === "PNG";
	try {
		const { data, info } = await sharp(bytes, {
			failOn: isTensorFlows ? "warning" : "error",
			ignoreIcc: true,
			limitInputPixels: maxPixels,
		})
			.toColourspace("srgb")
			.removeAlpha()
			.raw()
			.toBuffer({ resolveWithObject: true });
		if (info.channels !== 3) throw new Error("its colours are not RGB");
		return { data, shape: [info.height, info.width, 3] };
	} catch (cause) {
		if (isTensorFlows) return decodeWithTensorFlow(bytes);
		// The last of its lines comes from where the error is.
		const reason = (cause as Error).message.trim().split("\n").at(-1) ?? "";
		throw new Error(reason.replace(/^vips\w*: |:$/gi, ""), { cause });
	}
}
