import * as zlib from "node:zlib";

/** A frame of a GIF: where it lies on the canvas. Its pixels are a ramp through the palette. */
export interface GifFrame {
	readonly x?: number;
	readonly y?: number;
	readonly width: number;
	readonly height: number;
	/** The palette's index that is transparent. Default: none. */
	readonly transparent?: number;
}

/** Writes a GIF of 128 colours, whose "compressed" data are plain (the table of codes is cleared before it grows). */
export function writeGif(
	width: number,
	height: number,
	frames: readonly GifFrame[],
): Buffer {
	const bytes: number[] = [...Buffer.from("GIF89a")];
	const uint16 = (...values: number[]) =>
		bytes.push(...values.flatMap((value) => [value & 255, value >> 8]));
	uint16(width, height);
	bytes.push(0xf6, 9, 0);
	for (let i = 0; i < 128; i++) bytes.push(2 * i, 255 - 2 * i, (7 * i) % 256);
	for (const frame of frames) {
		const { x = 0, y = 0, transparent } = frame;
		if (transparent !== undefined) {
			bytes.push(0x21, 0xf9, 4, 1, 0, 0, transparent, 0);
		}
		bytes.push(0x2c);
		uint16(x, y, frame.width, frame.height);
		bytes.push(0, 7);
		const [clear, end] = [128, 129];
		const codes: number[] = [];
		for (let i = 0; i < frame.width * frame.height; i++) {
			if (i % 100 === 0) codes.push(clear);
			codes.push(i % 128);
		}
		codes.push(end);
		for (let start = 0; start < codes.length; start += 255) {
			const block = codes.slice(start, start + 255);
			bytes.push(block.length, ...block);
		}
		bytes.push(0);
	}
	return Buffer.from([...bytes, 0x3b]);
}

/** Writes a BMP without compression; its pixels are a ramp. `bits` is 24 or 32. */
export function writeBmp(width: number, height: number, bits: number): Buffer {
	const row = Math.ceil((width * bits) / 32) * 4;
	const bmp = Buffer.alloc(54 + row * height, 0);
	bmp.write("BM");
	bmp.writeUInt32LE(bmp.length, 2);
	bmp.writeUInt32LE(54, 10);
	bmp.writeUInt32LE(40, 14);
	bmp.writeInt32LE(width, 18);
	bmp.writeInt32LE(height, 22);
	bmp.writeUInt16LE(1, 26);
	bmp.writeUInt16LE(bits, 28);
	for (let i = 54; i < bmp.length; i++) bmp[i] = (i * 7) % 256;
	return bmp;
}

/** Writes a PNG of one colour type and depth whose samples are a ramp; `extra` chunks come before the data. */
export function writePng(
	width: number,
	height: number,
	{
		colorType,
		depth,
		rowBytes,
		extra = [],
	}: {
		readonly colorType: number;
		readonly depth: number;
		readonly rowBytes: number;
		readonly extra?: readonly (readonly [string, Buffer])[];
	},
): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header[8] = depth;
	header[9] = colorType;
	const rows = Buffer.alloc((1 + rowBytes) * height);
	for (let i = 0; i < rows.length; i++) {
		// Every row begins with its filter: none.
		rows[i] = i % (1 + rowBytes) === 0 ? 0 : (i * 37) % 256;
	}
	return Buffer.concat([
		Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
		chunk("IHDR", header),
		...extra.map(([type, data]) => chunk(type, data)),
		chunk("IDAT", zlib.deflateSync(rows)),
		chunk("IEND", Buffer.alloc(0)),
	]);
}

function chunk(type: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type), data]);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(data.length);
	const gzip = zlib.gzipSync(body);
	const crc = Buffer.alloc(4);
	crc.writeUInt32BE(gzip.readUInt32LE(gzip.length - 8));
	return Buffer.concat([length, body, crc]);
}
