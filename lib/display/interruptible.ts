import { anySignal } from "../data/any_signal";
import { onInterruption } from "./notebook";

/**
 * Runs work that can be cancelled: by the caller's `signal`, or in a notebook by the kernel's interruption (■), which aborts
 * the signal that `work` gets instead of failing the cell. A second interruption fails the cell as usual.
 *
 * @returns what `work` returns; whether an abort ends in an error or in a partial result is for `work` to say
 */
export async function interruptible<T>(
	signal: AbortSignal | undefined,
	work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	const controller = new AbortController();
	const endInterruption = await onInterruption(() => controller.abort());
	try {
		return await work(anySignal(controller.signal, signal));
	} finally {
		endInterruption();
	}
}
