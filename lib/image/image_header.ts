import { readJpegHeader } from "./jpeg_header";

/** The formats that are decoded; an image's first bytes tell them apart, whatever its name is. */
export type ImageFormat =
	| "JPEG"
	| "PNG"
	| "GIF"
	| "BMP"
	| "WebP"
	| "AVIF"
	| "TIFF";

/** What an image says of itself, without being decoded. */
export interface ImageHeader {
	readonly format: ImageFormat;
	/** Pixels to decode: height x width, of a GIF those of all its frames. Undefined for WebP, AVIF and TIFF. */
	readonly pixels?: number;
	/** How many times a JPEG goes through its pixels. */
	readonly scans?: number;
}

/**
 * Reads what an image says of itself, without decoding anything.
 *
 * @throws Error if it is of no known format, or if its header is damaged.
 */
export function readImageHeader(bytes: Buffer): ImageHeader {
	const format = recognizeImage(bytes);
	try {
		switch (format) {
			case "JPEG":
				return { format, ...readJpegHeader(bytes) };
			case "PNG":
				// The chunk IHDR comes first.
				return {
					format,
					pixels: bytes.readUInt32BE(16) * bytes.readUInt32BE(20),
				};
			case "GIF":
				return { format, pixels: countGifPixels(bytes) };
			case "BMP":
				// A negative height says that the rows go downwards.
				return {
					format,
					pixels: Math.abs(bytes.readInt32LE(18) * bytes.readInt32LE(22)),
				};
			default:
				return { format };
		}
	} catch (cause) {
		if (!(cause instanceof RangeError)) throw cause;
		throw new Error("it ends within its header", { cause });
	}
}

/**
 * Tells an image's format from its first bytes; 16 are enough.
 *
 * @throws Error if there are none, or if they are those of no known format.
 */
export function recognizeImage(bytes: Buffer): ImageFormat {
	if (bytes.length === 0) throw new Error("it is empty");
	const start = bytes.toString("latin1", 0, 16);
	if (start.startsWith("\xff\xd8\xff")) return "JPEG";
	if (start.startsWith("\x89PNG\r\n\x1a\n")) return "PNG";
	if (start.startsWith("GIF8")) return "GIF";
	if (start.startsWith("BM")) return "BMP";
	if (/^RIFF.{4}WEBP/s.test(start)) return "WebP";
	if (/^.{4}ftyp(avi[fs]|mif1|msf1)/s.test(start)) return "AVIF";
	if (/^(II\*\0|MM\0\*)/.test(start)) return "TIFF";
	throw new Error("it is no JPEG, PNG, GIF, BMP, WebP, AVIF or TIFF");
}

/** TensorFlow unpacks every frame before it takes the first. (GIF89a, 18–22 and 24.) */
function countGifPixels(bytes: Buffer): number {
	const paletteLength = (flags: number) =>
		flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
	let pixels = bytes.readUInt16LE(6) * bytes.readUInt16LE(8);
	let at = 13 + paletteLength(bytes.readUInt8(10));
	while (bytes[at] === 0x2c || bytes[at] === 0x21) {
		if (bytes[at] === 0x2c) {
			pixels += bytes.readUInt16LE(at + 5) * bytes.readUInt16LE(at + 7);
			// The descriptor, its palette, and the code size before the data.
			at += 11 + paletteLength(bytes.readUInt8(at + 9));
		} else {
			at += 2;
		}
		for (let length = bytes[at]; length; length = bytes[at]) at += 1 + length;
		at += 1;
	}
	return pixels;
}
