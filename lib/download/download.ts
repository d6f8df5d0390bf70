import * as fs from "node:fs/promises";
import * as path from "node:path";
import { TransferLearningError } from "../errors";
import { createReporter, type DownloadProgress } from "./download_progress";
import { fetchPart } from "./fetch_part";
import { withLock } from "./lock";
import { PartialFile } from "./partial_file";

export type { DownloadProgress };

export interface DownloadOptions {
	/** SHA-256 of the file, in hexadecimal. Default: it is not checked. */
	readonly sha256?: string;
	/** Size of the file, in bytes. Default: what the server announces. */
	readonly size?: number;
	/** Looks at the whole file before it gets its name; if it throws, the file is removed. Default: nothing more is checked. */
	readonly check?: (file: string) => Promise<void>;
	/** Called some times a second, also while another process is downloading the same file. */
	readonly onProgress?: (progress: DownloadProgress) => void;
	/** Interrupts the download; what has come is kept for the next run. */
	readonly signal?: AbortSignal;
	/** What else the reader may do if it fails, such as `set CATS_VS_DOGS to an archive that you have`. */
	readonly alternative?: string;
	/** @internal Shorter times, for tests. */
	readonly timing?: Partial<typeof defaultTiming>;
}

/** In milliseconds; each is explained where it is used. */
const defaultTiming = {
	stallTimeout: 30_000,
	firstWait: 500,
	longestWait: 30_000,
	longestRetryAfter: 120_000,
	progressInterval: 200,
	heartbeat: 2_000,
	staleAfter: 30_000,
	poll: 250,
};

/**
 * Fetches `url` into `file`, unless that is there already.
 *
 * The bytes go to `<file>.part`; after an interruption the next run, of another process too, goes on
 * from there. Only a file that is whole, of the size and SHA-256 asked for, and passes the `check`, gets its name; a
 * wrong one is removed. Lost connections, stalls and servers in trouble are met by further tries. Of several
 * processes that want the same file one downloads it and the others wait. A proxy in the environment is
 * used.
 *
 * @throws TransferLearningError if the file cannot be had, is not the one expected or cannot be written; the signal's reason if that is aborted.
 */
export async function download(
	url: string,
	file: string,
	options: DownloadOptions = {},
): Promise<void> {
	const { size, sha256, signal } = options;
	if (await isPresent(file, size)) return;
	const timing = { ...defaultTiming, ...options.timing };
	const report = createReporter(options.onProgress, timing.progressInterval);
	const onWait = async () => {
		const others = await fs.stat(`${file}.part`).catch(() => undefined);
		report(others?.size ?? 0, size);
	};
	try {
		await fs.mkdir(path.dirname(file), { recursive: true });
		const lockOptions = { ...timing, signal, onWait };
		await withLock(`${file}.lock`, lockOptions, async (signal) => {
			if (await isPresent(file, size)) return;
			const part = await PartialFile.open(file, url);
			try {
				const { stallTimeout } = timing;
				const checked = sha256 !== undefined;
				const onGrowth = () => report(part.length, size ?? part.source.total);
				onGrowth();
				await fetchPart(
					part,
					{ size, checked, stallTimeout, signal, onGrowth },
					timing,
				);
				report(part.length, part.length, { now: true });
				if (checked) await checkHash(part, sha256);
				if (options.check) await checkContent(part, options.check);
				await part.complete();
			} catch (error) {
				signal.throwIfAborted();
				throw error;
			} finally {
				if (part.length > 0 || signal.aborted) await part.close();
				else await part.discard();
			}
		});
	} catch (error) {
		signal?.throwIfAborted();
		throw explain(error, path.resolve(file), options.alternative);
	}
}

async function isPresent(file: string, size?: number): Promise<boolean> {
	const stat = await fs.stat(file).catch(() => undefined);
	if (stat === undefined) return false;
	if (size === undefined || stat.size === size) return true;
	// Somebody put it there: it is not ours to remove.
	throw new TransferLearningError(
		`${path.resolve(file)} has ${stat.size} bytes instead of ${size}: it is incomplete or another file. Delete it and run this again.`,
	);
}

async function checkHash(part: PartialFile, sha256: string): Promise<void> {
	const found = part.sha256();
	if (found === sha256.toLowerCase()) return;
	await part.discard();
	throw new TransferLearningError(
		`${part.source.url} is not the file that was expected: its ${part.length} bytes have the SHA-256 ${found} instead of ${sha256}. They were removed; run this again to fetch them anew.`,
	);
}

async function checkContent(
	part: PartialFile,
	check: (file: string) => Promise<void>,
): Promise<void> {
	try {
		await check(part.path);
	} catch (cause) {
		await part.discard();
		throw new TransferLearningError(
			`${part.source.url} is not the file that was expected, and was removed: ${(cause as Error).message}`,
			{ cause },
		);
	}
}

function explain(error: unknown, file: string, alternative?: string): unknown {
	if (error instanceof TransferLearningError) {
		const remedy = `Or put the file at ${file} yourself`;
		const others = alternative === undefined ? "" : `, or ${alternative}`;
		return new TransferLearningError(`${error.message} ${remedy}${others}.`, {
			cause: error.cause,
		});
	}
	const { code, message } = error as NodeJS.ErrnoException;
	if (code === undefined) return error;
	const full = ["ENOSPC", "EDQUOT", "EFBIG"].includes(code);
	return new TransferLearningError(
		full
			? `There is no room for ${file} (${message}). Make some and run this again: it goes on from what has come.`
			: `${file} cannot be written (${message}). Mend that and run this again.`,
		{ cause: error },
	);
}
