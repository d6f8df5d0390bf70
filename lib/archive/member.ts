import { promisify } from "node:util";
import * as zlib from "node:zlib";
import type { Entry } from "yauzl";
import { InvalidBytes, TransferLearningError } from "../errors";
import type { RandomAccessFile } from "./random_access_file";

const inflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);

/** The largest image that is read, in bytes: of the cats and dogs, none has a hundredth of it. */
const maxSize = 64 * 2 ** 20;
const stored = 0;
const deflated = 8;
/** The room for a local header's extra field that is read along with it; longer ones cost a second reading. */
const usualExtra = 64;
const overlap = "it overlaps with what follows it in the archive";

/** One file inside an archive. */
export interface Member {
	/** Its name, with forward slashes. */
	readonly name: string;
	/** Its size when decompressed, in bytes. */
	readonly size: number;
	/** Reads it whole; throws a TransferLearningError if its bytes are damaged (`InvalidBytes` is then among its causes), or if the archive cannot be read. */
	readonly read: () => Promise<Buffer>;
	/** Reads its first `length` bytes (fewer if it is shorter), reading at most twice as many; throws as `read` does, but checks no checksum. */
	readonly readStart: (length: number) => Promise<Buffer>;
}

/** What the archive as a whole says of a member. */
interface Place {
	readonly name: string;
	/** Where the next member, or the directory, begins. */
	readonly end: number;
	/** Whether no other member has its name. */
	readonly isUnique: boolean;
}

/** Makes a member of an entry of the central directory. */
export function toMember(
	file: RandomAccessFile,
	entry: Entry,
	{ name, end, isUnique }: Place,
): Member {
	// The entry itself is not kept: there may be tens of thousands.
	const {
		compressedSize,
		uncompressedSize: size,
		compressionMethod: method,
		crc32: checksum,
		relativeOffsetOfLocalHeader: offset,
	} = entry;
	const isEncrypted = entry.isEncrypted();
	const rawName = entry.fileNameRaw.toString("latin1");

	/** Reads its first `length` bytes as they are stored, once everything that is known of it is found to fit together. */
	async function readRaw(length: number): Promise<Buffer> {
		if (isEncrypted) throw new InvalidBytes("it is encrypted");
		if (method !== stored && method !== deflated) {
			throw new InvalidBytes(
				`it is compressed by method ${method}, not by deflate`,
			);
		}
		if (size > maxSize || compressedSize > maxSize) {
			throw new InvalidBytes(
				`it is larger than the ${maxSize} bytes that an image may have`,
			);
		}
		if (!isUnique)
			throw new InvalidBytes("the archive has two members of this name");
		const headerLength = 30 + rawName.length;
		const room = end - offset;
		if (room < headerLength + compressedSize) throw new InvalidBytes(overlap);
		// One reading for both, as long as the header's extra field is of a usual length.
		const bytes = await file.read(
			offset,
			Math.min(headerLength + usualExtra + length, room),
		);
		requireAgreement(bytes.subarray(0, headerLength));
		const start = headerLength + bytes.readUInt16LE(28);
		if (room < start + compressedSize) throw new InvalidBytes(overlap);
		return start + length <= bytes.length
			? bytes.subarray(start, start + length)
			: file.read(offset + start, length);
	}

	function requireAgreement(header: Buffer): void {
		// Zeros stand for values that follow the data, all ones for values of zip64.
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
		const data = method === stored ? raw : await inflate(raw, size);
		if (data.length !== size || zlib.crc32(data) !== checksum) {
			throw new InvalidBytes("its checksum is wrong");
		}
		return data;
	}

	async function readStart(length: number): Promise<Buffer> {
		const wanted = Math.min(length, size);
		if (method === stored) return readRaw(wanted);
		// Deflate grows data by at most a few bytes, unless it was made to.
		const raw = await readRaw(Math.min(2 * wanted, compressedSize));
		const start = inflateStart(raw).subarray(0, wanted);
		if (start.length < wanted) {
			throw new InvalidBytes(
				"its compressed data are damaged (they begin with none)",
			);
		}
		return start;
	}

	const orNamed =
		<A extends unknown[]>(action: (...args: A) => Promise<Buffer>) =>
		(...args: A) =>
			action(...args).catch((cause: Error) => {
				throw new TransferLearningError(
					`${name} cannot be read: ${cause.message.replace(/\.?$/, ".")}`,
					{ cause },
				);
			});
	return { name, size, read: orNamed(read), readStart: orNamed(readStart) };
}

async function inflate(raw: Buffer, size: number): Promise<Buffer> {
	try {
		return await inflateRaw(raw, { maxOutputLength: Math.max(size, 1) });
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
			throw new InvalidBytes(
				`it grows beyond the ${size} bytes that it declares`,
			);
		}
		throw damaged(cause as NodeJS.ErrnoException);
	}
}

/**
 * Inflates what there is of a member. For a kilobyte that is quicker here than in another thread, and
 * bounded: deflate never grows data more than 1,032-fold (zlib's technical details).
 */
function inflateStart(raw: Buffer): Buffer {
	try {
		const finishFlush = zlib.constants.Z_SYNC_FLUSH;
		return zlib.inflateRawSync(raw, { finishFlush });
	} catch (cause) {
		throw damaged(cause as NodeJS.ErrnoException);
	}
}

/** What zlib says of the data themselves, and not of the memory that it could not get (its manual, "Constants"). */
const dataErrors = ["Z_DATA_ERROR", "Z_BUF_ERROR", "Z_NEED_DICT"];

function damaged(cause: NodeJS.ErrnoException): Error {
	if (!dataErrors.includes(cause.code ?? "")) return cause;
	const message = `its compressed data are damaged (${cause.message})`;
	return new InvalidBytes(message, { cause });
}
