import * as fs from "node:fs";
import { fetchWithProgress } from "../download/fetch_with_progress";
import { RetryableError } from "../download/http_get";
import { TransferLearningError } from "../errors";
import { drawnArchive } from "./drawings";
import { officialArchive } from "./official";

/**
 * Finds the archive or folder of cats and dogs: the path in `CATS_VS_DOGS` (or drawings, if it is `drawn`), else
 * the official archive, which is downloaded once, else drawings if its host cannot be reached.
 *
 * @param signal aborts the download or the drawing
 * @throws TransferLearningError if the download fails although the host was reached; the signal's reason if that is aborted.
 */
export async function findCatsVsDogs(
	official = officialArchive,
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
			`${new URL(official.url).host} cannot be reached, so there are no photos. Drawings of cats and dogs are used instead, so all results will be about drawings.`,
		);
		return drawnArchive(signal);
	}
}

/** Whether a download failed because no server answered. */
function isUnreachable(error: unknown): boolean {
	return (
		error instanceof TransferLearningError &&
		error.cause instanceof RetryableError &&
		!error.cause.options.answered
	);
}
