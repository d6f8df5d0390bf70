import * as zlib from "node:zlib";
import { writeZip, type ZipEnd, type ZipMember } from "../support/zip";

/** The member that a case is about, unless the case names another. */
export const suspect = "PetImages/Cat/1.jpg";
/** A flawless member beside it. */
export const witness = "PetImages/Dog/1.jpg";

/** What must come of a case. */
export type Outcome =
	/** The member is read, and decoded as TensorFlow decodes it. */
	| "read"
	/** No rule for examples matches the member's name; it is never read. */
	| "no example"
	/** Reading or decoding the member fails with an error that names it. */
	| { readonly named: RegExp }
	/** The archive as a whole is refused by an error that names it. */
	| { readonly refused: RegExp };

/** An archive, and what must come of it. */
export interface ArchiveCase {
	readonly what: string;
	readonly archive: (photo: Buffer) => Buffer;
	readonly outcome: Outcome;
	/** The member that it is about. Default: `suspect`. */
	readonly member?: string;
}

const megabyte = 2 ** 20;

const zip =
	(make: (photo: Buffer) => Partial<ZipMember>, end?: ZipEnd) =>
	(photo: Buffer) =>
		writeZip(
			[
				{ name: suspect, content: photo, ...make(photo) },
				{ name: witness, content: photo },
			],
			end,
		);

const named = (
	member: string,
	outcome: Outcome,
	what: string,
): ArchiveCase => ({
	what,
	archive: zip(() => ({ name: member })),
	member: member.replaceAll("\\", "/"),
	outcome,
});

export const archiveCases: readonly ArchiveCase[] = [
	{ what: "a flawless archive", archive: zip(() => ({})), outcome: "read" },
	named("../../PetImages/Cat/1.jpg", "no example", "a name with .."),
	named("PetImages/Cat/../1.jpg", "no example", "a name with .. in its midst"),
	named("/PetImages/Cat/1.jpg", "no example", "an absolute name"),
	named("C:\\PetImages\\Cat\\1.jpg", "no example", "a Windows drive's name"),
	named("PetImages/Cat/1.jpg\0", "no example", "a name with a zero byte"),
	{
		what: "a symbolic link named .jpg",
		archive: zip(() => ({
			content: Buffer.from("../../../../etc/passwd"),
			central: { mode: 0o120777 },
		})),
		outcome: { named: /it is not a JPEG/ },
	},
	{
		what: "an encrypted member",
		archive: zip(() => ({ local: { flags: 1 }, central: { flags: 1 } })),
		outcome: { named: /it is encrypted/ },
	},
	{
		what: "a member encrypted according to its own header only",
		archive: zip(() => ({ local: { flags: 1 } })),
		outcome: { named: /header contradicts/ },
	},
	{
		what: "a strongly encrypted archive",
		archive: zip(() => ({ local: { flags: 0x41 }, central: { flags: 0x41 } })),
		outcome: { refused: /strong encryption is not supported/ },
	},
	{
		what: "a zip bomb that says its size",
		archive: zip(() => ({ content: Buffer.alloc(65 * megabyte) })),
		outcome: { named: /larger than 67108864 bytes/ },
	},
	{
		what: "a zip bomb that lies about its size",
		archive: zip((photo) => ({
			content: photo,
			raw: zlib.deflateRawSync(Buffer.alloc(50 * megabyte)),
		})),
		outcome: { named: /grows beyond the \d+ bytes/ },
	},
	{
		what: "overlapping members: one lies inside another",
		archive: (photo) => {
			const inner = writeZip([{ name: witness, content: photo }]);
			const member = { name: suspect, content: inner, method: 0 };
			const offset = 30 + suspect.length;
			return writeZip([
				member,
				{ name: witness, content: photo, central: { offset } },
			]);
		},
		outcome: { named: /overlaps with what follows/ },
	},
	{
		what: "overlapping members: two names for the same bytes",
		archive: zip(() => ({ central: { offset: 30 + suspect.length + 7 } })),
		outcome: { named: /header contradicts|overlaps/ },
	},
	{
		what: "a member whose compressed bytes run into the next",
		archive: zip((photo) => {
			const compressedSize = zlib.deflateRawSync(photo).length + 1;
			return { local: { compressedSize }, central: { compressedSize } };
		}),
		outcome: { named: /overlaps with what follows/ },
	},
	{
		what: "two members of the same name",
		archive: (photo) =>
			writeZip([
				{ name: suspect, content: photo },
				{ name: suspect, content: Buffer.from("another") },
				{ name: witness, content: photo },
			]),
		outcome: { named: /two members of this name/ },
	},
	{
		what: "a member whose own header bears another name",
		archive: zip(() => ({ local: { name: "PetImages/Cat/2.jpg" } })),
		outcome: { named: /header contradicts/ },
	},
	{
		what: "a member whose own header tells another size",
		archive: zip(() => ({ local: { size: 5 } })),
		outcome: { named: /header contradicts/ },
	},
	{
		what: "a stored member of two sizes",
		archive: zip(() => ({ method: 0, central: { size: 5 } })),
		outcome: { named: /header contradicts/ },
	},
	{
		what: "a directory that points elsewhere",
		archive: zip(() => ({}), { directory: 3 }),
		outcome: { refused: /not a complete zip archive/ },
	},
	{
		what: "a directory that points beyond the end",
		archive: zip(() => ({}), { directory: 0x7fffffff }),
		outcome: { refused: /the archive ends before/ },
	},
	{
		what: "a directory that announces fewer members than it has",
		archive: zip(() => ({}), { count: 1 }),
		outcome: { refused: /directory does not end where it should/ },
	},
	{
		what: "a directory that announces more members than it has",
		archive: zip(() => ({}), { count: 3 }),
		outcome: { refused: /not a complete zip archive/ },
	},
	{
		what: "a member whose stated position holds no member",
		archive: zip(() => ({ central: { offset: 9 } })),
		outcome: { named: /header contradicts|overlaps/ },
	},
	{
		what: "a member said to lie beyond the end",
		archive: zip(() => ({ central: { offset: 0x7fffffff } })),
		outcome: { named: /overlaps with what follows/ },
	},
	{
		what: "an archive with zip64's end, of which nothing is wrong",
		archive: zip(() => ({}), { zip64: {} }),
		outcome: "read",
	},
	{
		what: "an archive whose zip64 end lies beyond 2^53",
		archive: zip(() => ({}), { zip64: { position: 2n ** 63n } }),
		outcome: { refused: /the archive ends before/ },
	},
	{
		what: "an archive whose zip64 directory lies beyond 2^53",
		archive: zip(() => ({}), { zip64: { directory: 2n ** 63n } }),
		outcome: { refused: /the archive ends before/ },
	},
	{
		what: "a truncated archive",
		archive: (photo) => zip(() => ({}))(photo).subarray(0, -400),
		outcome: { refused: /not a complete zip archive/ },
	},
	{
		what: "an archive that something was appended to",
		archive: (photo) =>
			Buffer.concat([zip(() => ({}))(photo), Buffer.from("tail")]),
		outcome: { refused: /extra bytes at the end/ },
	},
	{
		what: "an archive that something was put before",
		archive: (photo) =>
			Buffer.concat([Buffer.from("head"), zip(() => ({}))(photo)]),
		outcome: { refused: /not a complete zip archive/ },
	},
	{
		what: "an empty file named .zip",
		archive: () => Buffer.alloc(0),
		outcome: { refused: /not a complete zip archive/ },
	},
	{
		what: "a CRC mismatch",
		archive: zip(() => ({ local: { crc: 7 }, central: { crc: 7 } })),
		outcome: { named: /checksum is wrong/ },
	},
	{
		what: "a member shorter than it declares",
		archive: zip((photo) => {
			const size = photo.length + 1;
			return { local: { size }, central: { size } };
		}),
		outcome: { named: /checksum is wrong/ },
	},
	{
		what: "a member that is not deflated as it says",
		archive: zip(() => ({ raw: Buffer.alloc(1000, 0xff) })),
		outcome: { named: /compressed data are damaged/ },
	},
	{
		what: "a member compressed by bzip2",
		archive: zip(() => ({ local: { method: 12 }, central: { method: 12 } })),
		outcome: { named: /compressed with method 12/ },
	},
	{
		what: "a stored member",
		archive: zip(() => ({ method: 0 })),
		outcome: "read",
	},
	{
		what: "a member whose sizes follow its data",
		archive: zip(() => ({
			local: { flags: 8, crc: 0, compressedSize: 0, size: 0 },
			central: { flags: 8 },
		})),
		outcome: "read",
	},
	{
		what: "a member whose header has a long extra field",
		archive: zip(() => ({ local: { extra: Buffer.alloc(5000) } })),
		outcome: "read",
	},
	{
		what: "a member with an invalid extra field",
		archive: zip(() => ({
			central: { extra: Buffer.from([1, 0, 255, 255]) },
		})),
		outcome: { refused: /extra field length exceeds/ },
	},
	{
		what: "a zero-byte image",
		archive: zip(() => ({ content: Buffer.alloc(0), method: 0 })),
		outcome: { named: /it is empty/ },
	},
];

/** An archive whose member begins with kilobytes of nothing: empty stored blocks, before the deflated photo. */
export const slowStart = zip((photo) => ({
	raw: Buffer.concat([
		...Array<Buffer>(1000).fill(Buffer.from("000000ffff", "hex")),
		zlib.deflateRawSync(photo),
	]),
}));
