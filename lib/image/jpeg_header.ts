import { InvalidBytes } from "../errors";

/** Markers without a length: TEM, RST0–RST7, SOI, EOI (ITU T.81, table B.1). */
const standsAlone = (marker: number) =>
	marker <= 1 || (marker >= 0xd0 && marker <= 0xd9);
const startsFrame = (marker: number) =>
	marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
const [startOfScan, endOfImage] = [0xda, 0xd9];

/**
 * Reads a JPEG's frame header and counts its scans. Like libjpeg, it skips stray bytes between segments.
 *
 * @returns `pixels`: height x width; `scans`: the number of scans
 * @throws RangeError if the bytes end within the header.
 * @throws InvalidBytes if there is no frame header.
 */
export function readJpegHeader(bytes: Buffer) {
	let frame = 0;
	let at = 2;
	for (;;) {
		at = bytes.indexOf(0xff, at);
		if (at < 0) throw new InvalidBytes("it has no frame header");
		const marker = bytes.readUInt8(at + 1);
		if (marker === startOfScan || marker === endOfImage) break;
		if (startsFrame(marker)) frame ||= at;
		if (marker === 0xff) at += 1;
		else if (standsAlone(marker)) at += 2;
		else at += 2 + bytes.readUInt16BE(at + 2);
	}
	if (frame === 0) throw new InvalidBytes("it has no frame header");
	const pixels = bytes.readUInt16BE(frame + 5) * bytes.readUInt16BE(frame + 7);
	return { pixels, scans: countScans(bytes, at) };
}

function countScans(bytes: Buffer, start: number): number {
	let scans = 0;
	for (let at = start; at >= 0; at = bytes.indexOf(0xff, at + 2)) {
		const marker = bytes[at + 1];
		if (marker === startOfScan) scans++;
		else if (marker === endOfImage) break;
	}
	return scans;
}
