import { createHash } from "node:crypto";
import { constants } from "node:fs";
import * as fs from "node:fs/promises";

/** What a `.part` file is the beginning of. */
export interface Source {
	readonly url: string;
	/** A strong ETag, or else the time of last modification: what If-Range asks for. */
	readonly validator?: string;
	/** Size of the whole, in bytes. */
	readonly total?: number;
}

/**
 * A file on its way: its first `length` bytes in `<file>.part`, hashed as they come, and beside them in
 * `<file>.part.json` what they are the beginning of. The owner closes it.
 */
export class PartialFile {
	private hash = createHash("sha256");

	private constructor(
		private readonly file: string,
		private readonly handle: fs.FileHandle,
		public length: number,
		public source: Source,
	) {}

	/** Opens what an earlier process has left of `url`, or an empty file if that is nothing. */
	static async open(file: string, url: string): Promise<PartialFile> {
		const source = await fs
			.readFile(`${file}.part.json`, "utf8")
			.then((text) => JSON.parse(text) as Source)
			.catch(() => undefined);
		const handle = await fs.open(
			`${file}.part`,
			constants.O_RDWR | constants.O_CREAT,
		);
		try {
			const part = new PartialFile(file, handle, 0, { url });
			if (source?.url === url) await part.resume(source);
			else await handle.truncate(0);
			return part;
		} catch (error) {
			await handle.close();
			throw error;
		}
	}

	private async resume(source: Source): Promise<void> {
		const chunks = this.handle.createReadStream({ start: 0, autoClose: false });
		for await (const chunk of chunks) {
			this.hash.update(chunk as Buffer);
			this.length += (chunk as Buffer).length;
		}
		this.source = source;
	}

	/** Empties it, for what `source` is about to send. */
	async restart(source: Source = { url: this.source.url }): Promise<void> {
		await this.handle.truncate(0);
		this.length = 0;
		this.hash = createHash("sha256");
		this.source = source;
		await fs.writeFile(`${this.file}.part.json`, JSON.stringify(source));
	}

	async append(chunk: Buffer): Promise<void> {
		for (let rest = chunk; rest.length > 0; ) {
			const { bytesWritten } = await this.handle.write(
				rest,
				0,
				rest.length,
				this.length,
			);
			// Counted at once: on a full disk, what fitted is kept.
			this.hash.update(rest.subarray(0, bytesWritten));
			this.length += bytesWritten;
			rest = rest.subarray(bytesWritten);
		}
	}

	/** Where the bytes are. */
	get path(): string {
		return `${this.file}.part`;
	}

	/** The SHA-256 of what there is, in hexadecimal. */
	sha256(): string {
		return this.hash.copy().digest("hex");
	}

	/** Makes it the file that it was to become, on the disk before its name is. */
	async complete(): Promise<void> {
		await this.handle.sync();
		await this.close();
		await fs.rename(`${this.file}.part`, this.file);
		await fs.rm(`${this.file}.part.json`, { force: true });
	}

	/** Throws away what there is. */
	async discard(): Promise<void> {
		await this.close();
		await fs.rm(`${this.file}.part.json`, { force: true });
		await fs.rm(`${this.file}.part`, { force: true });
	}

	/** Closes the file, keeping what there is; again is allowed. */
	close(): Promise<void> {
		return this.handle.close();
	}
}
