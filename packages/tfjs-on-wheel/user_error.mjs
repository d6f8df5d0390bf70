/**
 * An error with a message for the user at the terminal: what happened, where, and what to do. It is printed without a
 * stack trace.
 */
export class UserError extends Error {
	/** @override */
	name = "UserError";
}
