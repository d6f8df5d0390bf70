import * as fs from "node:fs/promises";
import * as path from "node:path";
import { TransferLearningError } from "../errors";

/**
 * A file whose parts are read in any order, several at a time. It is open only while somebody reads, so that
 * nobody has to close it, and what is read is always the file that it was in the beginning.
 */
export class RandomAccessFile {
	private users = 0;
	private opening: Promise<fs.FileHandle> | undefined;

	private constructor(
		private readonly file: string,
		/** In bytes. */
		readonly size: number,
		private readonly modified: number,
	) {}

	/** @throws TransferLearningError if there is no such file, or if it is a folder, a pipe or the like. */
	static async at(file: string): Promise<RandomAccessFile> {
		const stats = await fs.stat(file).catch((cause: Error) => {
			throw new TransferLearningError(
				`There is no archive at ${path.resolve(file)}. Check the path.`,
				{ cause },
			);
		});
		if (!stats.isFile()) {
			throw new TransferLearningError(
				`${path.resolve(file)} is not a file. Name the archive itself.`,
			);
		}
		return new RandomAccessFile(file, stats.size, stats.mtimeMs);
	}

	/** Reads `length` bytes. @throws Error if there are fewer, or if the file is no longer the same. */
	read(position: number, length: number): Promise<Buffer> {
		return this.use(async (handle) => {
			if (!(position + length <= this.size)) {
				throw new Error("the archive ends before it does");
			}
			const buffer = Buffer.allocUnsafe(length);
			const { bytesRead } = await handle.read(buffer, 0, length, position);
			if (bytesRead < length) throw new Error("the archive was cut short");
			return buffer;
		});
	}

	/** Keeps the file open until `action` is done. */
	async use<T>(action: (handle: fs.FileHandle) => Promise<T>): Promise<T> {
		this.users++;
		this.opening ??= this.open();
		const { opening } = this;
		try {
			return await action(await opening);
		} finally {
			this.users--;
			if (this.users === 0) {
				this.opening = undefined;
				await (await opening).close();
			}
		}
	}

	private async open(): Promise<fs.FileHandle> {
		const handle = await fs.open(this.file, "r");
		const { size, mtimeMs } = await handle.stat();
		if (size !== this.size || mtimeMs !== this.modified) {
			await handle.close();
			throw new Error(
				`${path.resolve(this.file)} has changed since it was loaded; load it again`,
			);
		}
		return handle;
	}
}
