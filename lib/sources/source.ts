import * as fs from "node:fs";
import { fetchWithProgress } from "../download/fetch_with_progress";
import { RetryableError } from "../download/http_get";
import { TransferLearningError } from "../errors";
import { drawnArchive } from "./drawings";
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
	if (named === "drawn") return drawnArchive(signal);
	if (named) return named;
	if (fs.existsSync(official.file)) return official.file;
	try {
		const { url, file, size, sha256 } = official;
		await fetchWithProgress(
			"Downloading the photos",
			"SHA-256 verified",
			url,
			file,
			{
				size,
				sha256,
				signal,
				alternative: "set CATS_VS_DOGS to an archive that you have",
			},
		);
		return official.file;
	} catch (error) {
		if (signal?.aborted || !isUnreachable(error)) throw error;
		console.log(
			`${new URL(official.url).host} cannot be reached, so there are no photos. Drawings of cats and dogs take their place: what you will see is about drawings.`,
		);
		return drawnArchive(signal);
	}
}

/** Whether a download failed since no server answered. */
function isUnreachable(error: unknown): boolean {
	return (
		error instanceof TransferLearningError &&
		error.cause instanceof RetryableError &&
		!error.cause.options.answered
	);
}
