import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

/** What a `.part` file is the beginning of. */
export interface Source {
	readonly url: string;
	/** A strong ETag, or else the time of last modification: what If-Range asks for. */
	readonly validator?: string;
	/** Size of the whole, in bytes. */
	readonly total?: number;
}

/**
 * A file on its way: its first `length` bytes in `<file>.part`, and beside them in `<file>.part.json` what they
 * are the beginning of. The owner closes it.
 */
export class PartialFile {
	/** Where the bytes are. */
	readonly path: string;

	private constructor(
		private readonly file: string,
		private readonly handle: fs.promises.FileHandle,
		public source: Source,
		public length: number,
	) {
		this.path = `${file}.part`;
	}

	/** Opens what an earlier process has left of `url`, or an empty file. */
	static async open(file: string, url: string): Promise<PartialFile> {
		const source = await readFile(`${file}.part.json`, "utf8")
			.then((text) => JSON.parse(text) as Source)
			.catch(() => undefined);
		const isOurs = source?.url === url;
		if (!isOurs) await rm(`${file}.part`, { force: true });
		const handle = await open(`${file}.part`, "a");
		const { size } = await handle.stat();
		return new PartialFile(file, handle, isOurs ? source : { url }, size);
	}

	/** Empties it, for what `source` is about to send. */
	restart(source: Source = { url: this.source.url }): void {
		fs.ftruncateSync(this.handle.fd);
		this.length = 0;
		this.source = source;
		fs.writeFileSync(`${this.path}.json`, JSON.stringify(source));
	}

	/** Synchronous, so that a connection that fails takes no bytes with it that have come before. */
	append(chunk: Buffer): void {
		fs.writeFileSync(this.handle.fd, chunk);
		this.length += chunk.length;
	}

	/** The SHA-256 of what there is, in hexadecimal. */
	async sha256(signal: AbortSignal): Promise<string> {
		const hash = createHash("sha256");
		await pipeline(fs.createReadStream(this.path), hash, { signal });
		return hash.digest("hex");
	}

	/** Makes it the file that it was to become, on the disk before its name is. */
	async complete(): Promise<void> {
		await this.handle.sync();
		await this.close();
		await rename(this.path, this.file);
		await rm(`${this.path}.json`, { force: true });
	}

	/** Throws away what there is. */
	async discard(): Promise<void> {
		await this.close();
		await rm(`${this.path}.json`, { force: true });
		await rm(this.path, { force: true });
	}

	/** Closes the file, keeping what there is; again is allowed. */
	close(): Promise<void> {
		return this.handle.close();
	}
}
