/** Shows the progress of work that may take a while. */
export interface Progress {
	/**
	 * Shows the current progress. It can be called often: most calls do nothing.
	 *
	 * @param fraction 0–1; undefined if unknown
	 * @param text details such as the rate and the time left
	 */
	update(fraction: number | undefined, text?: string): void;
	/** Replaces the progress with the result. Without a text, nothing is shown for work that took less than a second. */
	end(text?: string): void;
}

/** A progress that shows nothing. */
export const silent: Progress = { update: () => {}, end: () => {} };

/** The place where the library runs: a notebook, a terminal or a script. */
export interface Host {
	/** @param title what is going on, such as `Evaluating` */
	createProgress(title: string): Progress;
	/**
	 * Calls `onInterrupt` when the user next interrupts.
	 *
	 * @returns a function that stops listening
	 */
	onInterruption(onInterrupt: () => void): Promise<() => void>;
}

// Set from above, so that data sources and training need not know about notebooks.
let host: Host = {
	createProgress: () => silent,
	onInterruption: async () => () => {},
};

/** Sets where progress is shown and interruptions come from. Initially, nothing is shown and nothing interrupts. */
export function setHost(given: Host): void {
	host = given;
}

/** Shows progress where the library runs. */
export function createProgress(title: string): Progress {
	return host.createProgress(title);
}

/**
 * Runs work that can be cancelled by the caller's `signal`, or in a notebook by interrupting the kernel (■), which aborts
 * the signal passed to `work` instead of failing the cell. A second interruption fails the cell as usual.
 *
 * @returns what `work` returns; on an abort it may throw or return a partial result
 */
export async function interruptible<T>(
	signal: AbortSignal | undefined,
	work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	const controller = new AbortController();
	const stopListening = await host.onInterruption(() => controller.abort());
	try {
		const signals = signal ? [controller.signal, signal] : [controller.signal];
		return await work(AbortSignal.any(signals));
	} finally {
		stopListening();
	}
}
