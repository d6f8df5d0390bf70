import { createHash } from "node:crypto";
import * as fs from "node:fs";

/** What a `.part` file is the beginning of. */
export interface Source {
	readonly url: string;
	/** A strong ETag, or else the time of last modification: what If-Range asks for. */
	readonly validator?: string;
	/** Size of the whole, in bytes. */
	readonly total?: number;
}

/**
 * A file that is being downloaded: its first `length` bytes in `<file>.part`, hashed as they come, and
 * beside them in `<file>.part.json` what they are the beginning of. The owner closes it.
 */
export class PartialFile {
	private hash = createHash("sha256");
	length = 0;

	private constructor(
		private readonly file: string,
		private readonly handle: fs.promises.FileHandle,
		public source: Source,
	) {}

	/** Opens what an earlier process has left of `url`, or an empty file. */
	static async open(file: string, url: string): Promise<PartialFile> {
		const { O_RDWR, O_CREAT } = fs.constants;
		const handle = await fs.promises.open(`${file}.part`, O_RDWR | O_CREAT);
		const part = new PartialFile(file, handle, { url });
		try {
			const source = readSource(file);
			if (source?.url === url) await part.resume(source);
			else await handle.truncate();
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
	restart(source: Source = { url: this.source.url }): void {
		fs.ftruncateSync(this.handle.fd);
		this.length = 0;
		this.hash = createHash("sha256");
		this.source = source;
		fs.writeFileSync(`${this.file}.part.json`, JSON.stringify(source));
	}

	append(chunk: Buffer): void {
		for (let rest = chunk; rest.length > 0; ) {
			const { fd } = this.handle;
			const written = fs.writeSync(fd, rest, 0, rest.length, this.length);
			// Counted at once: what fits on a full disk is kept.
			this.hash.update(rest.subarray(0, written));
			this.length += written;
			rest = rest.subarray(written);
		}
	}

	/** Where the bytes are. */
	get path(): string {
		return `${this.file}.part`;
	}

	/** The SHA-256 of the bytes, in hexadecimal. */
	sha256(): string {
		return this.hash.copy().digest("hex");
	}

	/** Gives the file its name, once the bytes are on the disk. */
	async complete(): Promise<void> {
		await this.handle.sync();
		await this.close();
		fs.renameSync(this.path, this.file);
		fs.rmSync(`${this.file}.part.json`, { force: true });
	}

	/** Closes and removes it. */
	async discard(): Promise<void> {
		await this.close();
		fs.rmSync(`${this.file}.part.json`, { force: true });
		fs.rmSync(this.path, { force: true });
	}

	/** Closes it and keeps its bytes; may be called again. */
	close(): Promise<void> {
		return this.handle.close();
	}
}

function readSource(file: string): Source | undefined {
	try {
		return JSON.parse(fs.readFileSync(`${file}.part.json`, "utf8"));
	} catch {
		return undefined;
	}
}
