/** Runs a task when its turn has come, and returns its result. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>;

/**
 * Makes a function that runs at most `concurrency` tasks at a time, in the order in which they arrive.
 *
 * @param concurrency at least 1
 */
export function limitConcurrency(concurrency: number): Limit {
	const waiting: (() => void)[] = [];
	let running = 0;
	return async (task) => {
		// A task that ends hands its place to the next one in the queue, so no task can overtake another.
		if (running === concurrency) {
			await new Promise<void>((start) => waiting.push(start));
		} else running++;
		try {
			return await task();
		} finally {
			const next = waiting.shift();
			if (next) next();
			else running--;
		}
	};
}
