import { createProgress } from "../host";

/**
 * Calls `action` for each item, `concurrency` at a time, and shows the progress under `title`.
 *
 * @throws the first error of an action, or the signal's reason if that is aborted, once the running actions have ended
 */
export async function forEachShown<T>(
	title: string,
	items: readonly T[],
	options: { concurrency: number; signal: AbortSignal | undefined },
	action: (item: T) => Promise<void>,
): Promise<void> {
	const progress = createProgress(title);
	let done = 0;
	// All workers share one generator: when one of them throws, `for … of` closes it for the others.
	const queue = (function* () {
		yield* items;
	})();
	const work = async () => {
		for (const item of queue) {
			options.signal?.throwIfAborted();
			await action(item);
			done++;
			progress.update(done / items.length, `${done} of ${items.length}`);
		}
	};
	const workers = await Promise.allSettled(
		Array.from({ length: options.concurrency }, work),
	);
	const failed = workers.find(({ status }) => status === "rejected");
	// A progress bar that is never ended would keep the process alive.
	progress.end(failed && "stopped");
	if (failed) throw (failed as PromiseRejectedResult).reason;
}
