import { anySignal } from "./any_signal";

/** The progress of something that takes its time. */
export interface Progress {
	/**
	 * Shows how far it is. Call it as often as you like: most calls cost next to nothing.
	 *
	 * @param fraction 0–1; undefined if it is not known
	 * @param text what to add, such as a rate and the time left
	 */
	update(fraction: number | undefined, text?: string): void;
	/** Replaces the progress by its result. Without a text, work that was too quick to be shown leaves no trace. */
	end(text?: string): void;
}

/** Shows nothing. */
export const silent: Progress = { update: () => {}, end: () => {} };

/** What the library needs from the place where it runs: a notebook, a terminal or a script. */
export interface Host {
	/** @param title what is going on, such as `Evaluating` */
	createProgress(title: string): Progress;
	/**
	 * Calls `onInterrupt` at the user's next interruption.
	 *
	 * @returns a function that stops listening
	 */
	onInterruption(onInterrupt: () => void): Promise<() => void>;
}

// The one thing that may be set from above: data sources and training know nothing of notebooks.
let host: Host = {
	createProgress: () => silent,
	onInterruption: async () => () => {},
};

/** Sets where progress is shown and interruptions come from. Default: progress is not shown, and nothing interrupts. */
export function setHost(given: Host): void {
	host = given;
}

/** Shows progress where the library runs. */
export function createProgress(title: string): Progress {
	return host.createProgress(title);
}

/**
 * Runs work that can be cancelled: by the caller's `signal`, or in a notebook by the kernel's interruption (■), which aborts
 * the signal that `work` gets instead of failing the cell. A second interruption fails the cell as usual.
 *
 * @returns what `work` returns; `work` decides whether an abort ends in an error or in a partial result
 */
export async function interruptible<T>(
	signal: AbortSignal | undefined,
	work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	const controller = new AbortController();
	const stopListening = await host.onInterruption(() => controller.abort());
	try {
		return await work(anySignal(controller.signal, signal));
	} finally {
		stopListening();
	}
}
