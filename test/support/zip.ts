import * as zlib from "node:zlib";

/** The fields of a member's headers; each may lie. */
export interface ZipHeader {
	readonly name: string;
	readonly flags: number;
	readonly method: number;
	readonly crc: number;
	readonly compressedSize: number;
	readonly size: number;
	readonly extra: Buffer;
}

/** A member as `writeZip` takes it. */
export interface ZipMember {
	readonly name: string;
	/** What it holds. Default: nothing. */
	readonly content?: Buffer;
	/** 0 stored, 8 deflated. Default: 8. */
	readonly method?: number;
	/** Its bytes in the archive. Default: `content`, deflated if it is to be. */
	readonly raw?: Buffer;
	/** What its own header says instead of the truth. */
	readonly local?: Partial<ZipHeader>;
	/** What the directory says instead of the truth. */
	readonly central?: Partial<ZipHeader> & {
		readonly offset?: number;
		/** Unix mode, e.g. 0o120777 for a symbolic link. */
		readonly mode?: number;
	};
}

/** What the end of the archive says instead of the truth. */
export interface ZipEnd {
	readonly count?: number;
	readonly directory?: number;
	/** Where the record of zip64 is said to be; given, there is such a record. */
	readonly zip64?: { readonly position?: bigint; readonly directory?: bigint };
}

/** Writes a zip archive (PKWARE's APPNOTE 6.3.10, 4.3), which lies where it is told to. */
export function writeZip(
	members: readonly ZipMember[],
	end: ZipEnd = {},
): Buffer {
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let position = 0;
	const append = (part: Buffer) => {
		parts.push(part);
		position += part.length;
	};
	for (const member of members) {
		const { content = Buffer.alloc(0), method = 8, central = {} } = member;
		const raw =
			member.raw ?? (method === 8 ? zlib.deflateRawSync(content) : content);
		const truth: ZipHeader = {
			name: member.name,
			flags: 0,
			method,
			crc: zlib.crc32(content),
			compressedSize: raw.length,
			size: content.length,
			extra: Buffer.alloc(0),
		};
		directory.push(centralHeader({ ...truth, ...central }, central, position));
		append(localHeader({ ...truth, ...member.local }));
		append(raw);
	}
	const start = position;
	for (const header of directory) append(header);
	const size = position - start;
	if (end.zip64) append(zip64End(members.length, start, size, end.zip64));
	append(endRecord(end.count ?? members.length, start, size, end));
	return Buffer.concat(parts);
}

function localHeader(header: ZipHeader): Buffer {
	const fixed = Buffer.alloc(30);
	fixed.writeUInt32LE(0x04034b50, 0);
	writeCommon(fixed, 4, header);
	return Buffer.concat([fixed, Buffer.from(header.name), header.extra]);
}

function centralHeader(
	header: ZipHeader,
	{ offset, mode = 0o100644 }: { offset?: number; mode?: number },
	position: number,
): Buffer {
	const fixed = Buffer.alloc(46);
	fixed.writeUInt32LE(0x02014b50, 0);
	// Made by Unix, so that there is a mode.
	fixed.writeUInt16LE(0x0314, 4);
	writeCommon(fixed, 6, header);
	fixed.writeUInt32LE(mode * 0x10000, 38);
	fixed.writeUInt32LE(offset ?? position, 42);
	return Buffer.concat([fixed, Buffer.from(header.name), header.extra]);
}

/** What both headers have, from the version that is needed on. */
function writeCommon(buffer: Buffer, at: number, header: ZipHeader): void {
	buffer.writeUInt16LE(20, at);
	buffer.writeUInt16LE(header.flags, at + 2);
	buffer.writeUInt16LE(header.method, at + 4);
	buffer.writeUInt32LE(header.crc, at + 10);
	buffer.writeUInt32LE(header.compressedSize, at + 14);
	buffer.writeUInt32LE(header.size, at + 18);
	buffer.writeUInt16LE(Buffer.byteLength(header.name), at + 22);
	buffer.writeUInt16LE(header.extra.length, at + 24);
}

function endRecord(
	count: number,
	start: number,
	size: number,
	{ directory, zip64 }: ZipEnd,
): Buffer {
	const end = Buffer.alloc(22);
	end.writeUInt32LE(0x06054b50, 0);
	end.writeUInt16LE(count, 8);
	end.writeUInt16LE(count, 10);
	end.writeUInt32LE(size, 12);
	end.writeUInt32LE(zip64 ? 0xffffffff : (directory ?? start), 16);
	return end;
}

function zip64End(
	count: number,
	start: number,
	size: number,
	{ directory, position }: NonNullable<ZipEnd["zip64"]>,
): Buffer {
	const end = Buffer.alloc(56 + 20);
	end.writeUInt32LE(0x06064b50, 0);
	end.writeBigUInt64LE(44n, 4);
	end.writeBigUInt64LE(BigInt(count), 24);
	end.writeBigUInt64LE(BigInt(count), 32);
	end.writeBigUInt64LE(BigInt(size), 40);
	end.writeBigUInt64LE(directory ?? BigInt(start), 48);
	end.writeUInt32LE(0x07064b50, 56);
	end.writeBigUInt64LE(position ?? BigInt(start + size), 64);
	end.writeUInt32LE(1, 72);
	return end;
}
