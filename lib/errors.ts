/**
 * What the library throws when the cause lies outside it: a missing file, a damaged archive, an
 * option that cannot be met. The message is for the reader of the notebook: what happened, with
 * which file or value, and what to do about it.
 */
export class TransferLearningError extends Error {
	override readonly name = "TransferLearningError";
}

/**
 * What the bytes of an image or of an archive's member show to be wrong: it is so whenever they are read, and may
 * be remembered. A read error (`EIO`, `EMFILE`, no memory, …) says nothing of the bytes, and is never one of these.
 */
export class InvalidBytes extends Error {
	override readonly name = "InvalidBytes";
}

/** What the bytes show to be wrong, if an error comes from that: the error itself or one of its causes. */
export function findInvalidBytes(error: unknown): InvalidBytes | undefined {
	for (let cause = error; cause instanceof Error; cause = cause.cause) {
		if (cause instanceof InvalidBytes) return cause;
	}
	return undefined;
}

/** Explains that reading a file failed for a reason that says nothing of its bytes, such as `EIO` or `EMFILE`. */
export function readFailure(
	file: string,
	cause: unknown,
): TransferLearningError {
	const reason = (cause as Error).message;
	return new TransferLearningError(
		`${file} could not be read (${reason}). Its contents may be fine: run this again; if it fails again, the reason in brackets is what to fix.`,
		{ cause },
	);
}
