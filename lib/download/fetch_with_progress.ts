import { createProgress } from "../host";
import { formatSeconds } from "../text";
import {
	type DownloadOptions,
	type DownloadProgress,
	download,
} from "./download";

/**
 * Downloads a file as `download` does, and shows its progress.
 *
 * @param title what is fetched, such as `Downloading the photos`
 * @param done what to say of a file that has come, such as `SHA-256 verified`
 * @throws as `download`
 */
export async function fetchWithProgress(
	title: string,
	done: string,
	url: string,
	file: string,
	options: DownloadOptions,
): Promise<void> {
	const progress = createProgress(title);
	let received = 0;
	try {
		await download(url, file, {
			...options,
			onProgress: (now) => {
				received = now.received;
				const total = options.size ?? now.total;
				progress.update(total && received / total, describe(now));
			},
		});
	} catch (error) {
		// A bar that is left to itself would keep the process alive.
		progress.end("stopped");
		throw error;
	}
	progress.end(`${file}, ${formatMegabytes(received)}, ${done}`);
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
