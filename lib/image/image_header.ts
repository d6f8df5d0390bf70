import { InvalidBytes } from "../errors";
import { readJpegHeader } from "./jpeg_header";

/** The formats that can be decoded, recognized by an image's first bytes and never by its name. */
export type ImageFormat =
	| "JPEG"
	| "PNG"
	| "GIF"
	| "BMP"
	| "WebP"
	| "AVIF"
	| "TIFF";

/** Facts from an image's header. */
export interface ImageHeader {
	readonly format: ImageFormat;
	/** Pixels to decode: height x width, summed over all frames of a GIF. Undefined for WebP, AVIF and TIFF. */
	readonly pixels?: number;
	/** Number of scans of a JPEG. */
	readonly scans?: number;
}

/**
 * Reads an image's header without decoding the image.
 *
 * @throws InvalidBytes if the format is unknown or the header is damaged.
 */
export function readImageHeader(bytes: Buffer): ImageHeader {
	const format = recognizeFormat(bytes);
	try {
		switch (format) {
			case "JPEG":
				return { format, ...readJpegHeader(bytes) };
			case "PNG":
				// The IHDR chunk comes first.
				return {
					format,
					pixels: bytes.readUInt32BE(16) * bytes.readUInt32BE(20),
				};
			case "GIF":
				return { format, pixels: countGifPixels(bytes) };
			case "BMP":
				// A negative height means that rows are stored from top to bottom.
				return {
					format,
					pixels: Math.abs(bytes.readInt32LE(18) * bytes.readInt32LE(22)),
				};
			default:
				return { format };
		}
	} catch (cause) {
		if (!(cause instanceof RangeError)) throw cause;
		throw new InvalidBytes("it ends within its header", { cause });
	}
}

function recognizeFormat(bytes: Buffer): ImageFormat {
	if (bytes.length === 0) throw new InvalidBytes("it is empty");
	const start = bytes.toString("latin1", 0, 16);
	if (start.startsWith("\xff\xd8\xff")) return "JPEG";
	if (start.startsWith("\x89PNG\r\n\x1a\n")) return "PNG";
	if (start.startsWith("GIF8")) return "GIF";
	if (start.startsWith("BM")) return "BMP";
	if (/^RIFF.{4}WEBP/s.test(start)) return "WebP";
	if (/^.{4}ftyp(avi[fs]|mif1|msf1)/s.test(start)) return "AVIF";
	if (/^(II\*\0|MM\0\*)/.test(start)) return "TIFF";
	throw new InvalidBytes(
		"it is not a JPEG, PNG, GIF, BMP, WebP, AVIF or TIFF image",
	);
}

/** All frames count, since TensorFlow decodes every one before it returns the first. (GIF89a specification, sections 18–22 and 24.) */
function countGifPixels(bytes: Buffer): number {
	const paletteLength = (flags: number) =>
		flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
	let pixels = bytes.readUInt16LE(6) * bytes.readUInt16LE(8);
	let at = 13 + paletteLength(bytes.readUInt8(10));
	while (bytes[at] === 0x2c || bytes[at] === 0x21) {
		if (bytes[at] === 0x2c) {
			pixels += bytes.readUInt16LE(at + 5) * bytes.readUInt16LE(at + 7);
			// The image descriptor, its palette, and the code size before the data.
			at += 11 + paletteLength(bytes.readUInt8(at + 9));
		} else {
			at += 2;
		}
		for (let length = bytes[at]; length; length = bytes[at]) at += 1 + length;
		at += 1;
	}
	return pixels;
}
