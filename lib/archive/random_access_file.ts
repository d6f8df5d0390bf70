import * as fs from "node:fs/promises";
import * as path from "node:path";
import { InvalidBytes, readFailure, TransferLearningError } from "../errors";

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

	/** @throws TransferLearningError if there is no such file, if it cannot be read, or if it is a folder, a pipe or the like. */
	static async at(file: string): Promise<RandomAccessFile> {
		const stats = await fs.stat(file).catch((cause: NodeJS.ErrnoException) => {
			if (!["ENOENT", "ENOTDIR"].includes(cause.code ?? "")) {
				throw readFailure(path.resolve(file), cause);
			}
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

	/**
	 * Reads `length` bytes.
	 *
	 * @throws InvalidBytes if the file has fewer; TransferLearningError if it cannot be read, or is no longer the same.
	 */
	read(position: number, length: number): Promise<Buffer> {
		return this.use(async (handle) => {
			if (!(position + length <= this.size)) {
				throw new InvalidBytes("the archive ends before it does");
			}
			try {
				const buffer = Buffer.allocUnsafe(length);
				const { bytesRead } = await handle.read(buffer, 0, length, position);
				if (bytesRead < length) throw new Error("it was cut short");
				return buffer;
			} catch (cause) {
				throw readFailure(path.resolve(this.file), cause);
			}
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
		const file = path.resolve(this.file);
		const fail = (cause: unknown) => {
			throw readFailure(file, cause);
		};
		const handle = await fs.open(this.file, "r").catch(fail);
		const { size, mtimeMs } = await handle.stat().catch(fail);
		if (size !== this.size || mtimeMs !== this.modified) {
			await handle.close();
			throw new TransferLearningError(
				`${file} has changed since it was loaded; load it again.`,
			);
		}
		return handle;
	}
}
