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
