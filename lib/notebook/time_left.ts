import { formatSeconds } from "../text";

/**
 * Makes a function that estimates how long a training still takes.
 *
 * In the first epoch the estimate is an upper bound: what is frozen is computed only then.
 *
 * @param batches of each epoch
 */
export function createTimeLeft(epochs: number, batches: number) {
	let epochStarted = performance.now();
	let lastEpoch = 0;
	let secondsPerBatch = 0;

	/**
	 * @param epoch how many epochs are complete
	 * @param done how many batches of the next one are done, from 1
	 */
	return (epoch: number, done: number): string => {
		const now = performance.now();
		if (epoch > lastEpoch) {
			// Batches of the new epoch began right after the last epoch's end.
			secondsPerBatch =
				(now - epochStarted) / 1000 / (batches * (epoch - lastEpoch) + done);
			epochStarted = now - done * secondsPerBatch * 1000;
			lastEpoch = epoch;
		}
		const current = (now - epochStarted) / 1000 / done;
		const rate = epoch === 0 ? current : secondsPerBatch;
		const left = rate * ((epochs - epoch) * batches - done);
		return `${epoch === 0 && epochs > 1 ? "≤ " : ""}${formatSeconds(left)} left`;
	};
}
