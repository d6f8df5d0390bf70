/** What a JPEG's markers say of it. */
export interface JpegHeader {
	/** Pixels to decode: height x width. */
	readonly pixels: number;
	/** 1 grey, 3 colours, 4 CMYK. */
	readonly channels: number;
	/** Whether its segments and its data follow one another as they should, up to the end marker. */
	readonly isRegular: boolean;
}

// libvips refuses more, as each of them may take as long as a whole picture (its jpeg2vips.c).
const maxScans = 100;

/** Those that stand alone, without a length: TEM, RST0–RST7, SOI, EOI (ITU T.81, table B.1). */
const standsAlone = (marker: number) =>
	marker <= 1 || (marker >= 0xd0 && marker <= 0xd9);
const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;
const startsFrame = (marker: number) =>
	marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
const [startOfScan, endOfImage, restartInterval] = [0xda, 0xd9, 0xdd];

/**
 * Reads a JPEG's frame header, passing over what lies between the segments as libjpeg does.
 *
 * @throws RangeError if the bytes end before it is complete; Error if there is none, or if there are too many scans.
 */
export function readJpegHeader(bytes: Buffer): JpegHeader {
	let isRegular = true;
	let hasRestarts = false;
	let frame = 0;
	let at = 2;
	for (;;) {
		const next = bytes.indexOf(0xff, at);
		if (next < 0) throw new Error("it has no frame header");
		if (next > at) isRegular = false;
		at = next;
		const marker = bytes.readUInt8(at + 1);
		if (marker === startOfScan || marker === endOfImage) break;
		if (startsFrame(marker)) frame ||= at;
		if (marker === restartInterval) hasRestarts = true;
		if (marker === 0xff) at += 1;
		else if (standsAlone(marker)) at += 2;
		else at += 2 + bytes.readUInt16BE(at + 2);
	}
	if (frame === 0) throw new Error("it has no frame header");
	const { scans, isOne } = readScans(bytes, at, hasRestarts);
	if (scans > maxScans) throw new Error(`it has more than ${maxScans} scans`);
	const isProgressive = bytes.readUInt8(frame + 1) === 0xc2;
	return {
		pixels: bytes.readUInt16BE(frame + 5) * bytes.readUInt16BE(frame + 7),
		channels: bytes.readUInt8(frame + 9),
		isRegular: isRegular && (isProgressive || isOne),
	};
}

/** Counts the scans, and finds whether there is but one, undisturbed from its start to the end of the image. */
function readScans(bytes: Buffer, start: number, hasRestarts: boolean) {
	let scans = 0;
	let disturbances = 0;
	for (let at = start; at >= 0; at = bytes.indexOf(0xff, at + 2)) {
		const marker = bytes[at + 1] ?? 0;
		if (marker === startOfScan) scans++;
		else if (marker === endOfImage) {
			return { scans, isOne: scans === 1 && disturbances === 0 };
		}
		// A zero says that the byte before it is data.
		else if (marker !== 0 && !(hasRestarts && isRestart(marker))) {
			disturbances++;
		}
	}
	return { scans, isOne: false };
}
