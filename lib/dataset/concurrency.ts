/** Runs a task when its turn has come. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>;

/** Makes a limit that lets at most `most` tasks run at a time; the others wait in the order in which they came. */
export function limitConcurrency(most: number): Limit {
	const waiting: (() => void)[] = [];
	let running = 0;
	return async (task) => {
		// A task that ends hands its place to the next one, so that none can be overtaken.
		if (running === most) await new Promise<void>((go) => waiting.push(go));
		else running++;
		try {
			return await task();
		} finally {
			const next = waiting.shift();
			if (next) next();
			else running--;
		}
	};
}
