import { TransferLearningError } from "../errors";

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
