import * as fs from "node:fs";
import { createProgress } from "../display/progress";
import { formatSeconds } from "../display/time_left";
import { TransferLearningError } from "../errors";
import { type DownloadProgress, download } from "./download";
import { drawnArchive } from "./drawings";
import { Interruption } from "./http_get";
import { officialArchive } from "./official";

/** A file to download, and what it must be. */
export interface OfficialFile {
	readonly url: string;
	/** In bytes. */
	readonly size: number;
	readonly sha256: string;
	/** Where it is kept. */
	readonly file: string;
}

/**
 * Finds the archive or folder of cats and dogs: what `CATS_VS_DOGS` names (`drawn` asks for drawings), else
 * the official archive, which is downloaded once; where its host cannot be reached, drawings.
 *
 * @param signal ends the download and the drawing when it is aborted: its reason is then thrown
 */
export async function findCatsVsDogs(
	official: OfficialFile = officialArchive,
	signal?: AbortSignal,
): Promise<string> {
	const named = process.env.CATS_VS_DOGS;
	if (named === "drawn") return drawnArchive({ signal });
	if (named) return named;
	if (fs.existsSync(official.file)) return official.file;
	try {
		await fetchWithProgress(official, signal);
		return official.file;
	} catch (error) {
		if (signal?.aborted || !isUnreachable(error)) throw error;
		console.log(
			`${new URL(official.url).host} cannot be reached, so there are no photos. Drawings of cats and dogs take their place: what you will see is about drawings.`,
		);
		return drawnArchive({ signal });
	}
}

async function fetchWithProgress(
	{ url, file, size, sha256 }: OfficialFile,
	signal: AbortSignal | undefined,
) {
	const progress = createProgress("Downloading the photos");
	try {
		await download(url, file, {
			size,
			sha256,
			signal,
			alternative: "set CATS_VS_DOGS to an archive that you have",
			onProgress: (now) => progress.update(now.received / size, describe(now)),
		});
	} catch (error) {
		// A bar that is left to itself would keep the process alive.
		progress.end("stopped");
		throw error;
	}
	progress.end(`${file}, ${formatMegabytes(size)}, SHA-256 verified`);
}

function describe({ received, bytesPerSecond, secondsLeft }: DownloadProgress) {
	const rate = `${formatMegabytes(received)}, ${formatMegabytes(bytesPerSecond)}/s`;
	return secondsLeft === undefined
		? rate
		: `${rate}, ${formatSeconds(secondsLeft)} left`;
}

function formatMegabytes(bytes: number): string {
	return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Whether a download failed since no server answered. */
function isUnreachable(error: unknown): boolean {
	return (
		error instanceof TransferLearningError &&
		error.cause instanceof Interruption &&
		!error.cause.options.answered
	);
}
