import { promisify } from "node:util";
import * as zlib from "node:zlib";
import type { Entry } from "yauzl";
import { InvalidBytes, TransferLearningError } from "../errors";
import type { RandomAccessFile } from "./random_access_file";

const inflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);

/** The largest image file that is read, in bytes; the largest photo in cats_vs_dogs has less than a hundredth of this. */
export const maxImageBytes = 64 * 2 ** 20;
const stored = 0;
const deflated = 8;
/** Bytes read ahead for a local header's extra field; a longer field costs a second read. */
const usualExtra = 64;
const overlap = "it overlaps with what follows it in the archive";

/** One file in an archive. */
export interface Member {
	/** Its name, with forward slashes. */
	readonly name: string;
	/** Its uncompressed size, in bytes. */
	readonly size: number;
	/**
	 * Reads the whole member and verifies its checksum.
	 *
	 * @throws TransferLearningError if the archive cannot be read or the member is invalid; `InvalidBytes` is then among its causes.
	 */
	readonly read: () => Promise<Buffer>;
	/**
	 * Reads the first `length` bytes (fewer if the member is shorter), without verifying the checksum. It reads at
	 * most twice as many bytes from the archive, plus the header.
	 *
	 * @throws TransferLearningError as `read` does.
	 */
	readonly readStart: (length: number) => Promise<Buffer>;
}

/** What the rest of the archive says about a member. */
interface Place {
	readonly name: string;
	/** Where the next member, or the directory, begins. */
	readonly end: number;
	/** Whether no other member has this name. */
	readonly isUnique: boolean;
}

/** Creates a member from an entry of the central directory. */
export function toMember(
	file: RandomAccessFile,
	entry: Entry,
	{ name, end, isUnique }: Place,
): Member {
	// Only these fields are kept, not the entry: there may be tens of thousands.
	const {
		compressedSize,
		uncompressedSize: size,
		compressionMethod: method,
		crc32: checksum,
		relativeOffsetOfLocalHeader: offset,
	} = entry;
	const isEncrypted = entry.isEncrypted();
	const rawName = entry.fileNameRaw.toString("latin1");

	/** Validates the header, then reads the first `length` bytes as they are stored. */
	async function readRaw(length: number): Promise<Buffer> {
		if (isEncrypted) throw new InvalidBytes("it is encrypted");
		if (method !== stored && method !== deflated) {
			throw new InvalidBytes(
				`it is compressed with method ${method}, and only deflate is supported`,
			);
		}
		if (Math.max(size, compressedSize) > maxImageBytes) {
			throw new InvalidBytes(
				`it is larger than ${maxImageBytes} bytes, the limit for an image`,
			);
		}
		if (!isUnique) {
			throw new InvalidBytes("the archive has two members of this name");
		}
		const headerLength = 30 + rawName.length;
		const room = end - offset;
		if (room < headerLength + compressedSize) throw new InvalidBytes(overlap);
		// One read covers header and data, unless the header's extra field is unusually long.
		const bytes = await file.read(
			offset,
			Math.min(headerLength + usualExtra + length, room),
		);
		validateHeader(bytes.subarray(0, headerLength));
		const start = headerLength + bytes.readUInt16LE(28);
		if (room < start + compressedSize) throw new InvalidBytes(overlap);
		return start + length <= bytes.length
			? bytes.subarray(start, start + length)
			: file.read(offset + start, length);
	}

	function validateHeader(header: Buffer): void {
		// 0 means that the value follows the data, and all ones that it is in the zip64 extra field.
		const agrees = (position: number, value: number) =>
			[value, 0, 0xffffffff].includes(header.readUInt32LE(position));
		if (
			header.readUInt32LE(0) !== 0x04034b50 ||
			(header.readUInt16LE(6) & 1) !== 0 ||
			header.readUInt16LE(8) !== method ||
			!agrees(14, checksum) ||
			!agrees(18, compressedSize) ||
			!agrees(22, size) ||
			header.readUInt16LE(26) !== rawName.length ||
			header.toString("latin1", 30) !== rawName ||
			(method === stored && compressedSize !== size)
		) {
			throw new InvalidBytes("its header contradicts the archive's directory");
		}
	}

	async function read(): Promise<Buffer> {
		const raw = await readRaw(compressedSize);
		const maxOutputLength = Math.max(size, 1);
		const data =
			method === stored
				? raw
				: await inflate(size, () => inflateRaw(raw, { maxOutputLength }));
		if (data.length !== size || zlib.crc32(data) !== checksum) {
			throw new InvalidBytes("its checksum is wrong");
		}
		return data;
	}

	async function readStart(length: number): Promise<Buffer> {
		const wanted = Math.min(length, size);
		if (method === stored) return readRaw(wanted);
		// Deflate never needs more than a few bytes extra, unless the data were crafted that way.
		const raw = await readRaw(Math.min(2 * wanted, compressedSize));
		// For a kilobyte, the synchronous call is faster than the thread pool. Its output is bounded: deflate expands
		// data at most 1,032-fold (zlib's technical details).
		const finishFlush = zlib.constants.Z_SYNC_FLUSH;
		const start = await inflate(size, () =>
			zlib.inflateRawSync(raw, { finishFlush }).subarray(0, wanted),
		);
		if (start.length < wanted) {
			throw new InvalidBytes(
				"its compressed data are damaged (too few bytes at the beginning)",
			);
		}
		return start;
	}

	const withName = async (bytes: Promise<Buffer>) => {
		try {
			return await bytes;
		} catch (cause) {
			const reason = (cause as Error).message.replace(/\.?$/, ".");
			const message = `${name} cannot be read: ${reason}`;
			throw new TransferLearningError(message, { cause });
		}
	};
	return {
		name,
		size,
		read: () => withName(read()),
		readStart: (length) => withName(readStart(length)),
	};
}

/** zlib's errors about the data, as opposed to a lack of memory (its manual, "Constants"). */
const dataErrors = ["Z_DATA_ERROR", "Z_BUF_ERROR", "Z_NEED_DICT"];

/** Runs an inflation of `size` bytes, and throws InvalidBytes if the data are the problem. */
async function inflate(
	size: number,
	run: () => Buffer | Promise<Buffer>,
): Promise<Buffer> {
	try {
		return await run();
	} catch (cause) {
		const { code = "", message } = cause as NodeJS.ErrnoException;
		if (code === "ERR_BUFFER_TOO_LARGE") {
			throw new InvalidBytes(
				`it grows beyond the ${size} bytes that it declares`,
			);
		}
		if (!dataErrors.includes(code)) throw cause;
		throw new InvalidBytes(`its compressed data are damaged (${message})`, {
			cause,
		});
	}
}
