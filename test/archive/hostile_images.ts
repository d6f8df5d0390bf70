import sharp from "sharp";
import { writeBmp, writeGif, writePng } from "../support/encoded_images";

/** An image, and what must come of it. */
export interface ImageCase {
	readonly what: string;
	readonly image: (photo: Buffer) => Buffer | Promise<Buffer>;
	/**
	 * How it compares with what TensorFlow decodes: the `same` bits; `refused` by TensorFlow as well (`ours` says
	 * why TensorFlow is not asked); or, where TensorFlow knows no such format, `like` another image.
	 */
	readonly outcome:
		| "same"
		| { readonly refused: RegExp; readonly ours?: string }
		| { readonly like: (photo: Buffer) => Promise<Buffer> };
}

const change = (bytes: Buffer, at: number, ...values: number[]): Buffer => {
	const changed = Buffer.from(bytes);
	changed.set(values, at);
	return changed;
};

/** Where a JPEG's marker is; its segment's length follows. */
const find = (jpeg: Buffer, marker: number) =>
	jpeg.indexOf(Buffer.from([0xff, marker]));

/** A JPEG that claims 20,000 x 20,000 pixels. */
const claimSize = (jpeg: Buffer, frame = 0xc0) =>
	change(jpeg, find(jpeg, frame) + 5, 0x4e, 0x20, 0x4e, 0x20);

const progressive = (photo: Buffer) =>
	sharp(photo).jpeg({ progressive: true }).toBuffer();

/** A progressive JPEG with as many scans more, which are empty. */
const addScans = (jpeg: Buffer, count: number) =>
	Buffer.concat([
		jpeg.subarray(0, -2),
		...Array<Buffer>(count).fill(Buffer.from("ffda0008010100000000", "hex")),
		jpeg.subarray(-2),
	]);

const cmyk = (photo: Buffer) =>
	sharp(photo).toColourspace("cmyk").jpeg().toBuffer();

const blank = (width: number, height: number) =>
	sharp({
		create: { width, height, channels: 3, background: "#c84" },
		limitInputPixels: false,
	});

const wide = (colorType: number, depth: number, rowBytes: number) => () =>
	writePng(64, 5, { colorType, depth, rowBytes });

const palette = Buffer.from(Array.from({ length: 48 }, (_, i) => i * 5));

const tooLarge = /it has 400 megapixels; the limit is 100/;
const uncomparable = "TensorFlow has no such limit";

export const imageCases: readonly ImageCase[] = [
	{ what: "a photo", image: (photo) => photo, outcome: "same" },
	{ what: "a progressive JPEG", image: progressive, outcome: "same" },
	{
		what: "a grey JPEG",
		image: (photo) => sharp(photo).toColourspace("b-w").jpeg().toBuffer(),
		outcome: "same",
	},
	{ what: "a CMYK JPEG", image: cmyk, outcome: "same" },
	{
		what: "a JPEG with an ICC profile",
		image: (photo) => sharp(photo).withIccProfile("p3").jpeg().toBuffer(),
		outcome: "same",
	},
	{
		what: "a JPEG that EXIF rotates",
		image: (photo) =>
			sharp(photo).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
		outcome: "same",
	},
	{
		what: "a JPEG truncated in half",
		image: (photo) => photo.subarray(0, photo.length / 2),
		outcome: { refused: /it is cut short, damaged .*JPEG/ },
	},
	{
		what: "a JPEG that lacks its last two bytes",
		image: (photo) => photo.subarray(0, -2),
		outcome: { refused: /it is cut short, damaged .*JPEG/ },
	},
	{
		what: "a JPEG truncated within its header",
		image: (photo) => photo.subarray(0, find(photo, 0xc0) + 3),
		outcome: { refused: /ends within its header/ },
	},
	{
		what: "a JPEG of four bytes",
		image: () => Buffer.from("ffd8ffe0", "hex"),
		outcome: { refused: /ends within its header/ },
	},
	{
		what: "a JPEG with bytes between its segments",
		image: (photo) => {
			const at = find(photo, 0xdb);
			const junk = Buffer.from("some bytes");
			return Buffer.concat([photo.subarray(0, at), junk, photo.subarray(at)]);
		},
		outcome: "same",
	},
	{
		what: "a JPEG with a marker amid its data",
		image: (photo) => change(photo, find(photo, 0xda) + 200, 0xff, 0xd0),
		outcome: "same",
	},
	{
		what: "a progressive JPEG of a thousand scans",
		image: async (photo) => addScans(await progressive(photo), 1000),
		outcome: {
			refused: /it has 10\d\d scans of 0 megapixels, which would take too long/,
			ours: uncomparable,
		},
	},
	{
		what: "a progressive JPEG of fifty scans, said to have 90 megapixels",
		image: async (photo) => {
			const jpeg = addScans(await progressive(photo), 40);
			return change(jpeg, find(jpeg, 0xc2) + 5, 0x23, 0x28, 0x27, 0x10);
		},
		outcome: {
			refused: /it has 50 scans of 90 megapixels/,
			ours: uncomparable,
		},
	},
	{
		what: "an image of exactly 100 megapixels",
		image: () => blank(10_000, 10_000).jpeg().toBuffer(),
		outcome: "same",
	},
	{
		what: "a JPEG said to have 400 megapixels",
		image: (photo) => claimSize(photo),
		outcome: { refused: tooLarge, ours: uncomparable },
	},
	{
		what: "a progressive JPEG said to have 400 megapixels",
		image: async (photo) => claimSize(await progressive(photo), 0xc2),
		outcome: { refused: tooLarge, ours: uncomparable },
	},
	{
		what: "a CMYK JPEG said to have 400 megapixels",
		image: async (photo) => claimSize(await cmyk(photo)),
		outcome: { refused: tooLarge, ours: uncomparable },
	},
	{
		what: "a PNG said to have 400 megapixels",
		image: () =>
			change(wide(2, 16, 384)(), 16, 0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20),
		outcome: { refused: tooLarge, ours: uncomparable },
	},
	{
		what: "a BMP said to have 400 megapixels",
		image: () =>
			change(writeBmp(4, 4, 24), 18, 0x20, 0x4e, 0, 0, 0x20, 0x4e, 0, 0),
		outcome: { refused: tooLarge, ours: uncomparable },
	},
	{
		what: "a GIF whose frame is said to have 400 megapixels",
		image: () => {
			const gif = writeGif(4, 4, [{ width: 4, height: 4 }]);
			return change(gif, gif.indexOf(0x2c, 397) + 5, 0x20, 0x4e, 0x20, 0x4e);
		},
		outcome: { refused: tooLarge, ours: uncomparable },
	},
	{
		what: "a WebP of 105 megapixels",
		image: () => blank(15_000, 7_000).webp({ effort: 0 }).toBuffer(),
		outcome: { refused: /exceeds pixel limit/, ours: uncomparable },
	},
	{
		what: "a PNG of 16 bits",
		image: (photo) => sharp(photo).toColourspace("rgb16").png().toBuffer(),
		outcome: "same",
	},
	{
		what: "a PNG of 16 bits of noise",
		image: wide(2, 16, 384),
		outcome: "same",
	},
	{ what: "a grey PNG of 16 bits", image: wide(0, 16, 128), outcome: "same" },
	{
		what: "a PNG of 16 bits with alpha",
		image: wide(6, 16, 512),
		outcome: "same",
	},
	{ what: "a grey PNG with alpha", image: wide(4, 8, 128), outcome: "same" },
	{ what: "a grey PNG of 1 bit", image: wide(0, 1, 8), outcome: "same" },
	{ what: "a PNG with alpha", image: wide(6, 8, 256), outcome: "same" },
	{
		what: "a PNG with a palette",
		image: () =>
			writePng(64, 5, {
				colorType: 3,
				depth: 4,
				rowBytes: 32,
				extra: [["PLTE", palette]],
			}),
		outcome: "same",
	},
	{
		what: "a PNG with a palette, some of it transparent",
		image: () =>
			writePng(64, 5, {
				colorType: 3,
				depth: 4,
				rowBytes: 32,
				extra: [
					["PLTE", palette],
					["tRNS", Buffer.from([0, 128, 7])],
				],
			}),
		outcome: "same",
	},
	{
		what: "a PNG with a gamma",
		image: () =>
			writePng(64, 5, {
				colorType: 2,
				depth: 8,
				rowBytes: 192,
				extra: [["gAMA", Buffer.from([0, 1, 0x86, 0xa0])]],
			}),
		outcome: "same",
	},
	{
		what: "a PNG with an ICC profile",
		image: (photo) => sharp(photo).withIccProfile("p3").png().toBuffer(),
		outcome: "same",
	},
	{
		what: "an interlaced PNG",
		image: (photo) => sharp(photo).png({ progressive: true }).toBuffer(),
		outcome: "same",
	},
	{
		what: "a truncated PNG",
		image: async (photo) => {
			const png = await sharp(photo).png().toBuffer();
			return png.subarray(0, png.length / 2);
		},
		outcome: { refused: /it is cut short, damaged .*PNG/ },
	},
	{
		what: "a PNG of 20 bytes",
		image: () => wide(2, 16, 384)().subarray(0, 20),
		outcome: { refused: /ends within its header/ },
	},
	{
		what: "a PNG with a wrong checksum",
		image: () => change(wide(2, 16, 384)(), 30, 1),
		outcome: { refused: /it is cut short, damaged .*PNG/ },
	},
	{
		what: "a GIF",
		image: (photo) => sharp(photo).gif().toBuffer(),
		outcome: "same",
	},
	{
		what: "an animated GIF, of which the first frame is taken",
		image: () =>
			writeGif(16, 12, [
				{ width: 16, height: 12 },
				{ x: 3, y: 2, width: 8, height: 5 },
			]),
		outcome: "same",
	},
	{
		what: "a GIF whose first frame is smaller than its canvas",
		image: () => writeGif(16, 12, [{ x: 3, y: 2, width: 8, height: 5 }]),
		outcome: "same",
	},
	{
		what: "a GIF with a transparent colour",
		image: () => writeGif(16, 12, [{ width: 16, height: 12, transparent: 5 }]),
		outcome: "same",
	},
	{
		what: "a truncated GIF",
		image: () => writeGif(16, 12, [{ width: 16, height: 12 }]).subarray(0, 560),
		outcome: { refused: /it is cut short, damaged .*Invalid GIF data/ },
	},
	{
		what: "a BMP of 24 bits named .jpg",
		image: () => writeBmp(13, 7, 24),
		outcome: "same",
	},
	{
		what: "a BMP whose rows go downwards",
		image: () => change(writeBmp(13, 7, 24), 22, 0xf9, 0xff, 0xff, 0xff),
		outcome: "same",
	},
	{
		what: "a BMP of 32 bits",
		image: () => writeBmp(13, 7, 32),
		outcome: "same",
	},
	{
		what: "a truncated BMP",
		image: () => writeBmp(13, 7, 24).subarray(0, 100),
		outcome: { refused: /it is cut short, damaged .*Input size should match/ },
	},
	{
		what: "a zero-byte image",
		image: () => Buffer.alloc(0),
		outcome: { refused: /it is empty/ },
	},
	{
		what: "a text file named .jpg",
		image: () => Buffer.from("This is no image. ".repeat(99)),
		outcome: {
			refused: /it is not a JPEG, PNG, GIF, BMP, WebP, AVIF or TIFF image/,
		},
	},
	{
		what: "an SVG that would read a file",
		image: () =>
			Buffer.from(
				'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="/etc/passwd"/></svg>',
			),
		outcome: { refused: /it is not a JPEG/ },
	},
	{
		what: "a lossless WebP",
		image: (photo) => sharp(photo).webp({ lossless: true }).toBuffer(),
		outcome: { like: (photo) => sharp(photo).png().toBuffer() },
	},
	{
		what: "a TIFF",
		image: (photo) => sharp(photo).tiff({ compression: "lzw" }).toBuffer(),
		outcome: { like: (photo) => sharp(photo).png().toBuffer() },
	},
	{
		what: "a TIFF of 16 bits",
		image: (photo) =>
			sharp(photo)
				.toColourspace("rgb16")
				.tiff({ compression: "lzw" })
				.toBuffer(),
		outcome: {
			like: (photo) => sharp(photo).toColourspace("rgb16").png().toBuffer(),
		},
	},
	{
		what: "a lossless AVIF",
		image: (photo) =>
			sharp(photo).avif({ lossless: true, effort: 0 }).toBuffer(),
		outcome: { like: (photo) => sharp(photo).png().toBuffer() },
	},
	{
		what: "a truncated WebP",
		image: async (photo) =>
			(await sharp(photo).webp().toBuffer()).subarray(0, 500),
		outcome: { refused: /webp/i },
	},
];
