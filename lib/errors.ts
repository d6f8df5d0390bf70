/**
 * Thrown when the cause lies outside the library: a missing file, a damaged archive, an impossible
 * option. The message tells the reader of the notebook what happened, with which file or value, and
 * what to do about it.
 */
export class TransferLearningError extends Error {
	override readonly name = "TransferLearningError";
}

/**
 * Invalid contents of an image or an archive's member: reading the same bytes again fails the same way, so the result may be
 * stored. Read errors (`EIO`, `EMFILE`, lack of memory, …) say nothing about the bytes and are never an `InvalidBytes`.
 */
export class InvalidBytes extends Error {
	override readonly name = "InvalidBytes";
}

/** Finds the `InvalidBytes` in an error's chain of causes, starting with the error itself. */
export function findInvalidBytes(error: unknown): InvalidBytes | undefined {
	for (let cause = error; cause instanceof Error; cause = cause.cause) {
		if (cause instanceof InvalidBytes) return cause;
	}
	return undefined;
}

/** The error for a file that could not be read for a reason that says nothing about its bytes, such as `EIO` or `EMFILE`. */
export function readFailure(
	file: string,
	cause: unknown,
): TransferLearningError {
	const reason = (cause as Error).message;
	return new TransferLearningError(
		`${file} could not be read (${reason}). Its contents may be fine: run this again. If it fails again, fix the problem in brackets.`,
		{ cause },
	);
}
