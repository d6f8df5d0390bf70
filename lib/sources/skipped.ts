import { printable } from "../text";

/** Lines printed at most; the remaining images are only counted. */
const maxLines = 10;

/**
 * Prints why images are skipped, a line each.
 *
 * @param skipped messages by the images' names
 */
export function reportSkipped(skipped: Readonly<Record<string, string>>): void {
	const messages = Object.values(skipped).sort();
	for (const message of messages.slice(0, maxLines)) {
		console.log(`Skipped: ${printable(message)}`);
	}
	if (messages.length > maxLines) {
		console.log(`Skipped: ${messages.length - maxLines} more images.`);
	}
}
