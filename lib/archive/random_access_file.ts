import * as fs from "node:fs/promises";
import * as path from "node:path";
import { InvalidBytes, readFailure, TransferLearningError } from "../errors";

/**
 * A file that is read at any position, by several readers at a time. It is open only while it is being read,
 * so there is nothing to close, and a read fails if the file has changed since `at`.
 */
export class RandomAccessFile {
	private users = 0;
	private opening: Promise<fs.FileHandle> | undefined;

	private constructor(
		/** Absolute path. */
		private readonly file: string,
		/** In bytes. */
		readonly size: number,
		private readonly modified: number,
	) {}

	/** @throws TransferLearningError if the file is missing, cannot be read, or is not a regular file. */
	static async at(name: string): Promise<RandomAccessFile> {
		const file = path.resolve(name);
		const stats = await fs.stat(file).catch((cause: NodeJS.ErrnoException) => {
			if (!["ENOENT", "ENOTDIR"].includes(cause.code ?? "")) {
				throw readFailure(file, cause);
			}
			throw new TransferLearningError(
				`There is no archive at ${file}. Check the path.`,
				{ cause },
			);
		});
		if (!stats.isFile()) {
			throw new TransferLearningError(
				`${file} is not a file. Give the path of the archive itself.`,
			);
		}
		return new RandomAccessFile(file, stats.size, stats.mtimeMs);
	}

	/**
	 * Reads `length` bytes at `position`.
	 *
	 * @throws InvalidBytes if the file ends before that.
	 * @throws TransferLearningError if the file cannot be read or has changed.
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
				throw readFailure(this.file, cause);
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
		const fail = (cause: unknown) => {
			throw readFailure(this.file, cause);
		};
		const handle = await fs.open(this.file, "r").catch(fail);
		const { size, mtimeMs } = await handle.stat().catch(fail);
		if (size === this.size && mtimeMs === this.modified) return handle;
		await handle.close();
		throw new TransferLearningError(
			`${this.file} has changed since it was loaded; load it again.`,
		);
	}
}
