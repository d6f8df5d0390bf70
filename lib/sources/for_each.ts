import { createProgress } from "../host";

/** How `forEachShown` works through a list. */
export interface ForEachOptions {
	/** How many items are worked on at a time. */
	readonly atATime: number;
	/** Ends it; the signal's reason is then thrown. */
	readonly signal: AbortSignal | undefined;
}

/**
 * Works through a list, several items at a time, and shows the progress under a title.
 *
 * @throws what the first failing action throws, or the signal's reason, once the actions that have begun are done
 */
export async function forEachShown<T>(
	title: string,
	items: readonly T[],
	{ atATime, signal }: ForEachOptions,
	action: (item: T) => Promise<void>,
): Promise<void> {
	const progress = createProgress(title);
	let done = 0;
	// All workers take from one queue; where one fails, `for … of` closes it for the others.
	const queue = (function* () {
		yield* items;
	})();
	const work = async () => {
		for (const item of queue) {
			signal?.throwIfAborted();
			await action(item);
			done++;
			progress.update(done / items.length, `${done} of ${items.length}`);
		}
	};
	const workers = await Promise.allSettled(
		Array.from({ length: atATime }, work),
	);
	const failed = workers.find(({ status }) => status === "rejected");
	// A bar that is left to itself would keep the process alive.
	progress.end(failed && "stopped");
	if (failed) throw (failed as PromiseRejectedResult).reason;
}
