import { randomUUID } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { withLock } from "tfjs-on-wheel/process_lock";
import { TransferLearningError } from "../errors";
import { createReporter, type DownloadProgress } from "./download_progress";
import { fetchPart } from "./fetch_part";
import { PartialFile } from "./partial_file";

export type { DownloadProgress };

export interface DownloadOptions {
	/**
	 * SHA-256 of the file, in hexadecimal.
	 *
	 * @default not checked
	 */
	readonly sha256?: string;
	/**
	 * Size of the file, in bytes.
	 *
	 * @default what the server announces
	 */
	readonly size?: number;
	/**
	 * Checks the whole file before it gets its name; if it throws, the file is removed.
	 *
	 * @default nothing more is checked
	 */
	readonly check?: (file: string) => Promise<void>;
	/**
	 * Called some times a second, also while another process is downloading the same file.
	 *
	 * @default progress is not reported
	 */
	readonly onProgress?: (progress: DownloadProgress) => void;
	/**
	 * Interrupts the download; what has come is kept for the next run.
	 *
	 * @default the download cannot be interrupted
	 */
	readonly signal?: AbortSignal;
	/**
	 * What else the reader may do if it fails, such as `set CATS_VS_DOGS to an archive that you have`.
	 *
	 * @default nothing but putting the file there
	 */
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
	poll: 250,
};

/**
 * Downloads `url` to `file`, unless that is there already.
 *
 * The bytes go to `<file>.part`; after an interruption the next run, of another process too, resumes
 * there. Only a file that is whole, of the size and SHA-256 asked for, and passes the `check`, gets its
 * name; a wrong one is removed. Lost connections, stalls and servers in trouble are retried. Of several
 * processes that want the same file one downloads it and the others wait. A proxy in the environment is
 * used.
 *
 * @throws TransferLearningError if the file cannot be downloaded, is not the expected one or cannot be written; the signal's reason if that is aborted.
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
		const part = await fs.stat(`${file}.part`).catch(() => undefined);
		report(part?.size ?? 0, size);
	};
	const lock = `${file}.lock`;
	const run = async (signal: AbortSignal) => {
		if (await isPresent(file, size)) return;
		const part = await PartialFile.open(file, url);
		try {
			const checked = sha256 !== undefined;
			const onGrowth = () => report(part.length, size ?? part.source.total);
			onGrowth();
			await fetchPart(part, { ...timing, size, checked, signal, onGrowth });
			report(part.length, part.length, { now: true });
			await checkPart(part, options, signal);
			await part.complete();
		} catch (error) {
			signal.throwIfAborted();
			throw error;
		} finally {
			if (part.length > 0 || signal.aborted) await part.close();
			else await part.discard();
		}
	};
	try {
		const what = `download-${randomUUID()}`;
		await withLock(lock, what, run, { signal, onWait, poll: timing.poll });
	} catch (error) {
		signal?.throwIfAborted();
		throw explain(error, path.resolve(file), options.alternative);
	} finally {
		// Fails if others have tickets in it, as it should.
		await fs.rmdir(lock).catch(() => {});
	}
}

async function isPresent(file: string, size?: number): Promise<boolean> {
	const stat = await fs.stat(file).catch(() => undefined);
	if (stat === undefined) return false;
	if (size === undefined || stat.size === size) return true;
	// The user put it there: it is not ours to remove.
	throw new TransferLearningError(
		`${path.resolve(file)} has ${stat.size} bytes instead of ${size}: it is incomplete or another file. Delete it and run this again.`,
	);
}

/** Empties the part if it is not the file that was expected. */
async function checkPart(
	part: PartialFile,
	{ sha256, check }: DownloadOptions,
	signal: AbortSignal,
): Promise<void> {
	const { url } = part.source;
	const found = sha256 && (await part.sha256(signal));
	if (found !== sha256?.toLowerCase()) {
		const message = `${url} is not the file that was expected: its ${part.length} bytes have the SHA-256 ${found} instead of ${sha256}. They were removed; run this again to download them anew.`;
		part.restart();
		throw new TransferLearningError(message);
	}
	await check?.(part.path).catch((cause: Error) => {
		part.restart();
		throw new TransferLearningError(
			`${url} is not the file that was expected, and was removed: ${cause.message}`,
			{ cause },
		);
	});
}

function explain(error: unknown, file: string, alternative?: string): unknown {
	if (error instanceof TransferLearningError) {
		const others = alternative === undefined ? "" : `, or ${alternative}`;
		return new TransferLearningError(
			`${error.message} Or put the file at ${file} yourself${others}.`,
			{ cause: error.cause },
		);
	}
	const { code, message } = error as NodeJS.ErrnoException;
	if (code === undefined) return error;
	const full = ["ENOSPC", "EDQUOT", "EFBIG"].includes(code);
	return new TransferLearningError(
		full
			? `There is no room for ${file} (${message}). Make some and run this again: it resumes.`
			: `${file} cannot be written (${message}). Fix that and run this again.`,
		{ cause: error },
	);
}
