import * as fs from "node:fs";

/**
 * Tells the terminal of `npm start` something, which reads the kernel's standard output as one JSON object per line.
 * Descriptor 1 is used because `process.stdout` belongs to the cell.
 */
export function tellTerminal(event: {
	readonly event: string;
	readonly [detail: string]: unknown;
}): void {
	if (!process.env.TRANSFER_LEARNING_FOLLOWED) return;
	fs.writeSync(1, `${JSON.stringify(event)}\n`);
}
