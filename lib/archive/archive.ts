import * as path from "node:path";
import * as yauzl from "yauzl";
import { TransferLearningError } from "../errors";
import { type Member, toMember } from "./member";
import { RandomAccessFile } from "./random_access_file";

export type { Member };

/**
 * Lists the files in a zip archive, in the order of its central directory.
 *
 * Members are read straight from the archive, in any order and several at a time; nothing is
 * unpacked to disk, whatever their names are. A member that cannot be trusted (encrypted, too large, one of two
 * of the same name, lying over another) is listed as well, and says so when it is read.
 *
 * @throws TransferLearningError if there is no such file, if it cannot be read, or if it is no zip archive or an incomplete one.
 */
export async function openArchive(archive: string): Promise<Member[]> {
	const file = await RandomAccessFile.at(archive);
	try {
		return await file.use(() => listMembers(file));
	} catch (cause) {
		if (cause instanceof TransferLearningError) throw cause;
		throw new TransferLearningError(
			`${path.resolve(archive)} is not a complete zip archive (${(cause as Error).message}). Delete it and get it again.`,
			{ cause },
		);
	}
}

async function listMembers(file: RandomAccessFile): Promise<Member[]> {
	const zip = await yauzl.fromRandomAccessReaderPromise(
		new BlockReader(file),
		file.size,
		// One odd name or size is no reason to refuse the other members: `toMember` looks at them.
		{ decodeStrings: false, validateEntrySizes: false, autoClose: false },
	);
	// Its type says boolean; it is where the next entry of the directory begins.
	const cursor = () => Number(zip.readEntryCursor);
	const directory = cursor();
	const entries: yauzl.Entry[] = [];
	for await (const entry of zip.eachEntry()) entries.push(entry);
	await requireEnd(file, cursor());

	const names = new Map<string, number>();
	const named = entries.map((entry) => {
		const name = yauzl.getFileNameLowLevel(
			entry.generalPurposeBitFlag,
			entry.fileNameRaw,
			entry.extraFields,
			false,
		);
		names.set(name, (names.get(name) ?? 0) + 1);
		return { name, entry };
	});
	// As in Python's zipfile, a member may reach up to where the next one begins.
	const ends = new Map<yauzl.Entry, number>();
	let end = directory;
	for (const entry of [...entries].sort(
		(a, b) => b.relativeOffsetOfLocalHeader - a.relativeOffsetOfLocalHeader,
	)) {
		ends.set(entry, end);
		end = entry.relativeOffsetOfLocalHeader;
	}
	return named
		.filter(({ name }) => !name.endsWith("/"))
		.map(({ name, entry }) =>
			toMember(file, entry, {
				name,
				end: ends.get(entry) ?? directory,
				isUnique: names.get(name) === 1,
			}),
		);
}

const endSignatures = [
	0x06054b50, // end of central directory
	0x06064b50, // the same of zip64
	0x05054b50, // digital signature
];

/** A directory that goes on after as many entries as it announces would hide the others. */
async function requireEnd(file: RandomAccessFile, position: number) {
	const signature = (await file.read(position, 4)).readUInt32LE(0);
	if (!endSignatures.includes(signature)) {
		throw new Error("its directory does not end where it says");
	}
}

/** Lets yauzl, which asks for a few bytes at a time, read blocks; a position out of range is an error, not a crash. */
class BlockReader extends yauzl.RandomAccessReader {
	private block: Buffer = Buffer.alloc(0);
	private start = 0;

	constructor(private readonly file: RandomAccessFile) {
		super();
	}

	override read(
		buffer: Buffer,
		offset: number,
		length: number,
		position: number,
		callback: (error: Error | null) => void,
	): void {
		this.copy(buffer, offset, length, position).then(
			() => callback(null),
			callback,
		);
	}

	private async copy(
		buffer: Buffer,
		offset: number,
		length: number,
		position: number,
	): Promise<void> {
		const end = position + length;
		if (position < this.start || end > this.start + this.block.length) {
			const rest = this.file.size - position;
			const blockLength = Math.max(length, Math.min(rest, 65536));
			this.block = await this.file.read(position, blockLength);
			this.start = position;
		}
		this.block.copy(buffer, offset, position - this.start, end - this.start);
	}
}
