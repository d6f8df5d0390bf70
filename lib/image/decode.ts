import sharp from "sharp";
import type { Image } from "../dataset/example";
import {
	findInvalidBytes,
	InvalidBytes,
	TransferLearningError,
} from "../errors";
import { byteTensor, rawOp } from "../kernels/raw_op";
import { printable } from "../text";
import { tf } from "../tf";
import { type ImageHeader, readImageHeader } from "./image_header";

/** The largest image that is decoded, in pixels: 300 MB of RGB. */
const maxPixels = 100_000_000;

/** Each may take as long as a whole image. Progressive images have about ten. */
const maxScans = 100;

/** What TensorFlow does not decode. */
const formatsOfSharp: readonly string[] = ["WebP", "AVIF", "TIFF"];

/**
 * Decodes an image to RGB, with the bits of `tf.io.decode_image(bytes, channels=3, expand_animations=False)`: grey becomes
 * three equal channels, alpha is dropped, 16 bits become 8, CMYK is converted without a profile, of an animation only the
 * first frame is taken, and neither an EXIF orientation nor an ICC profile is applied.
 *
 * JPEG, PNG, GIF and BMP are decoded by TensorFlow itself, on the JavaScript thread: a photo of 500 x 375 takes it half a
 * millisecond, a third of what sharp takes in another. sharp decodes WebP, AVIF and TIFF, likewise still and without alpha.
 *
 * @param name what to call the image in an error
 * @returns pixels 0–255, `[height, width, 3]`, as bytes, which tfjs takes for int32; the caller disposes them
 * @throws TransferLearningError if the bytes are no image, a damaged one, or one of more than 100 megapixels: `InvalidBytes`
 * is then among its causes, unlike where memory ran out.
 */
export async function decodePixels(
	bytes: Buffer,
	name: string,
): Promise<tf.Tensor3D> {
	try {
		const { format, pixels = 0, scans = 1 } = readHeader(bytes);
		const megapixels = Math.round(pixels / 1e6);
		if (pixels > maxPixels) {
			throw new InvalidBytes(
				`it has ${megapixels} megapixels, and ${maxPixels / 1e6} are the most`,
			);
		}
		if (scans > maxScans || scans * pixels > 10 * maxPixels) {
			throw new InvalidBytes(
				`it has ${scans} scans of ${megapixels} megapixels, which would take too long`,
			);
		}
		return formatsOfSharp.includes(format)
			? await decodeWithSharp(bytes)
			: decodeWithTensorFlow(bytes);
	} catch (cause) {
		const remedy = findInvalidBytes(cause)
			? "Replace it, or leave it out with the data set's filter."
			: "Run this again.";
		throw new TransferLearningError(
			`${printable(name)} cannot be decoded as an image: ${(cause as Error).message}. ${remedy}`,
			{ cause },
		);
	}
}

function readHeader(bytes: Buffer): ImageHeader {
	try {
		return readImageHeader(bytes);
	} catch (cause) {
		throw new InvalidBytes((cause as Error).message, { cause });
	}
}

/** Decodes an image as `decodePixels` does, to an array of bytes. */
export async function decodeImage(
	bytes: Buffer,
	name: string,
): Promise<Image<Uint8Array>> {
	const pixels = await decodePixels(bytes, name);
	// The addon cannot hand out bytes.
	const integers = pixels.toInt();
	const data = Uint8Array.from(integers.dataSync());
	tf.dispose([pixels, integers]);
	return { data, shape: pixels.shape };
}

/** The operation behind `tf.io.decode_image`. (`tf.node.decodeImage` lays out all frames of an animation.) */
function decodeWithTensorFlow(bytes: Buffer): tf.Tensor3D {
	const decode = rawOp("DecodeImage", {
		channels: 3,
		dtype: { type: "uint8" },
		expand_animations: false,
	});
	try {
		// A string tensor takes bytes as well, though its type does not say so.
		return tf.tidy(() =>
			decode(tf.scalar(bytes as unknown as string, "string")),
		) as tf.Tensor3D;
	} catch (cause) {
		const { message } = cause as Error;
		const reason = /Message: (.*?)\.?$/s.exec(message.trim())?.[1] ?? message;
		// RESOURCE_EXHAUSTED (`tsl/protobuf/error_codes.proto`): there was no memory for it.
		if (/TF_Status: 8\b/.test(message)) throw new Error(reason, { cause });
		throw new InvalidBytes(
			`it is cut short, damaged or of an unusual kind (TensorFlow: ${reason})`,
			{ cause },
		);
	}
}

async function decodeWithSharp(bytes: Buffer): Promise<tf.Tensor3D> {
	try {
		const { data, info } = await sharp(bytes, {
			failOn: "error",
			ignoreIcc: true,
			limitInputPixels: maxPixels,
		})
			.toColourspace("srgb")
			.removeAlpha()
			.raw()
			.toBuffer({ resolveWithObject: true });
		if (info.channels !== 3) throw new InvalidBytes("its colours are not RGB");
		return byteTensor(data, [info.height, info.width, 3]) as tf.Tensor3D;
	} catch (cause) {
		// The last of its lines comes from where the error is.
		const line = (cause as Error).message.trim().split("\n").at(-1) ?? "";
		const reason = line.replace(/^vips\w*: |:$/gi, "");
		if (/out of memory/i.test(line)) throw new Error(reason, { cause });
		throw new InvalidBytes(reason, { cause });
	}
}
