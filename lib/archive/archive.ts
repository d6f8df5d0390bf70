import * as path from "node:path";
import * as yauzl from "yauzl";
import { TransferLearningError } from "../errors";
import { type Member, toMember } from "./member";
import { RandomAccessFile } from "./random_access_file";

export type { Member };

/**
 * Lists the files in a zip archive, in the order of its central directory.
 *
 * Members are read straight from the archive, in any order and several at a time; nothing is unpacked to disk.
 * Members that cannot be trusted (encrypted, too large, duplicate names, overlapping data) are listed too; reading
 * them throws.
 *
 * @throws TransferLearningError if the file is missing, cannot be read, or is not a complete zip archive.
 */
export async function openArchive(archive: string): Promise<Member[]> {
	const file = await RandomAccessFile.at(archive);
	try {
		return await file.use(() => listMembers(file));
	} catch (cause) {
		if (cause instanceof TransferLearningError) throw cause;
		throw new TransferLearningError(
			`${path.resolve(archive)} is not a complete zip archive (${(cause as Error).message}). Delete it and download it again.`,
			{ cause },
		);
	}
}

async function listMembers(file: RandomAccessFile): Promise<Member[]> {
	const zip = await yauzl.fromRandomAccessReaderPromise(
		new BlockReader(file),
		file.size,
		// One odd name or size is no reason to refuse the whole archive: `toMember` checks each member.
		{ decodeStrings: false, validateEntrySizes: false, autoClose: false },
	);
	// The position of the next directory entry. (yauzl's types wrongly say boolean.)
	const cursor = () => Number(zip.readEntryCursor);
	const directory = cursor();
	const entries: { name: string; entry: yauzl.Entry }[] = [];
	const counts = new Map<string, number>();
	for await (const entry of zip.eachEntry()) {
		const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
		const name = yauzl.getFileNameLowLevel(
			generalPurposeBitFlag,
			fileNameRaw,
			extraFields,
			false,
		);
		entries.push({ name, entry });
		counts.set(name, (counts.get(name) ?? 0) + 1);
	}
	await requireEnd(file, cursor());

	// As in Python's zipfile, a member's data may extend to the next local header.
	const offsetOf = ({ entry }: (typeof entries)[number]) =>
		entry.relativeOffsetOfLocalHeader;
	const ends = new Map<yauzl.Entry, number>();
	let end = directory;
	for (const item of entries.toSorted((a, b) => offsetOf(b) - offsetOf(a))) {
		ends.set(item.entry, end);
		end = offsetOf(item);
	}
	return entries
		.filter(({ name }) => !name.endsWith("/"))
		.map(({ name, entry }) =>
			toMember(file, entry, {
				name,
				end: ends.get(entry) ?? directory,
				isUnique: counts.get(name) === 1,
			}),
		);
}

const endSignatures = [
	0x06054b50, // end of central directory
	0x06064b50, // zip64 end of central directory
	0x05054b50, // digital signature
];

/** Refuses a directory with more entries than it declares: the others would be hidden. */
async function requireEnd(file: RandomAccessFile, position: number) {
	const signature = (await file.read(position, 4)).readUInt32LE(0);
	if (!endSignatures.includes(signature)) {
		throw new Error("its directory does not end where it should");
	}
}

/** Serves yauzl's reads of a few bytes from 64 KiB blocks; an invalid position is an error, not a crash. */
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
		this.load(position, length).then((bytes) => {
			bytes.copy(buffer, offset);
			callback(null);
		}, callback);
	}

	private async load(position: number, length: number): Promise<Buffer> {
		if (
			position < this.start ||
			position + length > this.start + this.block.length
		) {
			const blockLength = Math.min(this.file.size - position, 65536);
			const longest = Math.max(length, blockLength);
			this.block = await this.file.read(position, longest);
			this.start = position;
		}
		return this.block.subarray(position - this.start).subarray(0, length);
	}
}
