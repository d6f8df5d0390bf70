export interface DownloadProgress {
	/** Bytes of the file that are there, those of an earlier, interrupted run included. */
	readonly received: number;
	/** Bytes of the whole file, if that is known. */
	readonly total: number | undefined;
	/** The recent rate of this run; 0 at first. */
	readonly bytesPerSecond: number;
	/** Seconds to the end at this rate, if both are known. */
	readonly secondsLeft: number | undefined;
}

/** Seconds over which the rate is smoothed: long enough to read, short enough to follow the network. */
const smoothing = 3;

/**
 * Makes of byte counts, whenever they come, reports with a rate that come at most every `interval`
 * milliseconds; `now` reports at once.
 */
export function createReporter(
	onProgress: ((progress: DownloadProgress) => void) | undefined,
	interval: number,
) {
	let last: { time: number; received: number } | undefined;
	let rate: number | undefined;

	return function report(
		received: number,
		total: number | undefined,
		{ now = false } = {},
	): void {
		const time = performance.now();
		if (last !== undefined) {
			const seconds = (time - last.time) / 1000;
			if (!now && seconds * 1000 < interval) return;
			if (seconds > 0) {
				// A part that began anew is shorter than before.
				const current = Math.max(0, received - last.received) / seconds;
				const weight = 1 - Math.exp(-seconds / smoothing);
				rate = rate === undefined ? current : rate + weight * (current - rate);
			}
		}
		last = { time, received };
		const secondsLeft =
			total !== undefined && rate ? (total - received) / rate : undefined;
		onProgress?.({ received, total, bytesPerSecond: rate ?? 0, secondsLeft });
	};
}
