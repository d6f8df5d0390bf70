/**
 * An error with a message for the user at the terminal: what happened, where, and what to do. It is printed without a
 * stack trace.
 */
export class UserError extends Error {
	/** @override */
	name = "UserError";
}

/** The disk is full. No other compiler, Python or source of a file helps, so nothing but `runMain` catches it. */
export class DiskFullError extends UserError {
	/** @param {string} what what could not be written: a path, or `the files of pip` */
	constructor(what) {
		super(
			`No space is left on the disk for ${what}.\n` +
				"The project needs about 4 GB. Free some space (df -h shows how much there is), then run the command again.",
		);
	}
}
