import { printable } from "../text";

const most = 10;

/**
 * Prints a line for each image that is left out, with the reason; of very many, the first ten.
 *
 * @param skipped reasons by the images' names
 */
export function reportSkipped(skipped: Readonly<Record<string, string>>): void {
	const reasons = Object.values(skipped).sort();
	for (const reason of reasons.slice(0, most)) {
		console.log(`Skipped: ${printable(reason)}`);
	}
	if (reasons.length > most) {
		console.log(`Skipped: ${reasons.length - most} more images.`);
	}
}
