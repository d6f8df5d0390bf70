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

/** Each scan may take as long as a whole image. Progressive JPEGs have about ten. */
const maxScans = 100;

/** Formats that TensorFlow cannot decode. */
const sharpFormats: readonly string[] = ["WebP", "AVIF", "TIFF"];

/**
 * Decodes an image to the RGB values of `tf.io.decode_image(bytes, channels=3, expand_animations=False)`: grey becomes
 * three equal channels, alpha is dropped, 16 bits become 8, CMYK is converted without a profile, and an animation gives its
 * first frame. EXIF orientation and ICC profiles are ignored.
 *
 * TensorFlow itself decodes JPEG, PNG, GIF and BMP, on the JavaScript thread: half a millisecond for a photo of 500 x 375, a
 * third of what sharp takes on another thread. sharp decodes WebP, AVIF and TIFF.
 *
 * @param name the image's name, for error messages
 * @returns pixels 0–255, `[height, width, 3]`, uint8 in TensorFlow (tfjs believes int32); the caller disposes them
 * @throws TransferLearningError if the bytes are not an image, damaged, or more than 100 megapixels (`InvalidBytes` is
 * then among its causes), or if there is not enough memory.
 */
export async function decodePixels(
	bytes: Buffer,
	name: string,
): Promise<tf.Tensor3D> {
	const { format } = readHeader(bytes, name);
	try {
		return sharpFormats.includes(format)
			? await decodeWithSharp(bytes)
			: decodeWithTensorFlow(bytes);
	} catch (cause) {
		throw decodingError(cause, name);
	}
}

/**
 * Reads an image's header, and checks that the image can be decoded in reasonable time.
 *
 * @returns its `pixels` are undefined if TensorFlow cannot decode it
 * @throws TransferLearningError as `decodePixels` does.
 */
export function readHeader(bytes: Buffer, name: string): ImageHeader {
	try {
		const header = readImageHeader(bytes);
		const { pixels = 0, scans = 1 } = header;
		const megapixels = Math.round(pixels / 1e6);
		if (pixels > maxPixels) {
			throw new InvalidBytes(
				`it has ${megapixels} megapixels; the limit is ${maxPixels / 1e6}`,
			);
		}
		if (scans > maxScans || scans * pixels > 10 * maxPixels) {
			throw new InvalidBytes(
				`it has ${scans} scans of ${megapixels} megapixels, which would take too long`,
			);
		}
		return header;
	} catch (cause) {
		throw decodingError(cause, name);
	}
}

function decodingError(cause: unknown, name: string): TransferLearningError {
	const remedy = findInvalidBytes(cause)
		? "Replace it, or exclude it with the data set's filter."
		: "Run this again.";
	return new TransferLearningError(
		`${printable(name)} cannot be decoded as an image: ${(cause as Error).message}. ${remedy}`,
		{ cause },
	);
}

/** Decodes an image as `decodePixels` does, but to a plain array: `[height, width, 3]`, values 0–255. */
export async function decodeImage(
	bytes: Buffer,
	name: string,
): Promise<Image<Uint8Array>> {
	const pixels = await decodePixels(bytes, name);
	// The addon cannot return uint8 data.
	const integers = pixels.toInt();
	const data = Uint8Array.from(integers.dataSync());
	tf.dispose([pixels, integers]);
	return { data, shape: pixels.shape };
}

/** A file's bytes as a tensor, `[]`; the caller disposes it. */
export function fileTensor(bytes: Buffer): tf.Tensor {
	// A string tensor accepts bytes too, though its type does not say so.
	return tf.scalar(bytes as unknown as string, "string");
}

/**
 * Runs the operation behind `tf.io.decode_image` on a file's bytes; returns uint8 pixels, `[height, width, 3]`.
 * (`tf.node.decodeImage` returns all frames of an animation.)
 */
export function decodeFile(file: tf.Tensor): tf.Tensor3D {
	const decode = rawOp("DecodeImage", {
		channels: 3,
		dtype: { type: "uint8" },
		expand_animations: false,
	});
	return decode(file) as tf.Tensor3D;
}

function decodeWithTensorFlow(bytes: Buffer): tf.Tensor3D {
	try {
		return tf.tidy(() => decodeFile(fileTensor(bytes)));
	} catch (cause) {
		const { message } = cause as Error;
		const reason = /Message: (.*?)\.?$/s.exec(message.trim())?.[1] ?? message;
		// RESOURCE_EXHAUSTED (`tsl/protobuf/error_codes.proto`): out of memory, so the bytes may be fine.
		if (/TF_Status: 8\b/.test(message)) throw new Error(reason, { cause });
		throw new InvalidBytes(
			`it is cut short, damaged or of an unsupported kind (TensorFlow: ${reason})`,
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
		// The last line is the most specific one.
		const line = (cause as Error).message.trim().split("\n").at(-1) ?? "";
		const reason = line.replace(/^vips\w*: |:$/gi, "");
		if (/out of memory/i.test(line)) throw new Error(reason, { cause });
		throw new InvalidBytes(reason, { cause });
	}
}
