import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import { setImmediate } from "node:timers/promises";

// The one file that knows tslab's insides. Its public API sends one MIME type a call, and a chart needs
// several in one bundle, of which each front end picks the one that it shows best. And its
// interruption abandons a cell whose work goes on unseen.

type WriteDisplayData = (
	message: {
		data: MimeBundle;
		metadata: Record<string, unknown>;
		transient: { display_id?: string };
	},
	update: boolean,
) => void;

/** One output of a cell, in several forms by MIME type, e.g. `{ 'text/plain': '…', 'text/html': '…' }`. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** Whether this runs in a cell of a notebook. */
export function inNotebook(): boolean {
	return writeDisplayData() !== undefined;
}

/**
 * Adds an output to the cell that is running.
 *
 * @param metadata by MIME type, e.g. `{ 'image/png': { alt: '…' } }`
 * @returns false if this is no notebook: then nothing was shown
 */
export function displayInNotebook(
	data: MimeBundle,
	metadata: Record<string, unknown> = {},
): boolean {
	const write = writeDisplayData();
	write?.({ data, metadata, transient: {} }, false);
	return write !== undefined;
}

/** Makes an output of the cell that is running whose content can be replaced. Call it in a notebook only. */
export function createOutput(): (data: MimeBundle) => void {
	// The cell's own function: an update that comes late belongs to this cell still.
	const write = writeDisplayData();
	const transient = { display_id: randomUUID() };
	let update = false;
	return (data) => {
		write?.({ data, metadata: {}, transient }, update);
		update = true;
		tellTerminal(String(data["text/plain"]));
	};
}

/**
 * While `npm start` runs the notebook, the kernel's own standard output leads to its terminal, a JSON object a line.
 * In a cell `process.stdout` is another one.
 */
function tellTerminal(text: string): void {
	if (!process.env.TRANSFER_LEARNING_FOLLOWED) return;
	const [line] = text.split("\n");
	const event = { event: "progress", text: line };
	fs.writeSync(1, `${JSON.stringify(event)}\n`);
}

/** An identifier for an element of the page that no other output has. */
export function uniqueElementId(): string {
	return `chart-${randomUUID()}`;
}

/**
 * Lets the kernel's interruption (■ in JupyterLab) call `onInterrupt` instead of failing the cell, once. A
 * second one fails the cell as usual. Outside a notebook nothing changes: Ctrl-C ends the process.
 *
 * @returns a function that gives the interruption back to the kernel; call it in the end
 */
export async function onInterruption(
	onInterrupt: () => void,
): Promise<() => void> {
	if (!inNotebook()) return () => {};
	// Until its first await a cell runs under Node's `breakOnSigint`, which takes all listeners away and puts them back
	// after it; of one that is added meanwhile the operating system would not be told, and SIGINT would end the kernel.
	await setImmediate();
	// tslab's listener would report the cell as failed while its work goes on.
	const kernels = process.listeners("SIGINT");
	let restored = false;
	const restore = () => {
		if (restored) return;
		restored = true;
		process.off("SIGINT", interrupt);
		for (const listener of kernels) process.on("SIGINT", listener);
	};
	const interrupt = () => {
		restore();
		onInterrupt();
	};
	// Ours goes first in, so that there is no moment without a listener, in which SIGINT ends the kernel.
	process.on("SIGINT", interrupt);
	for (const listener of kernels) process.off("SIGINT", listener);
	return restore;
}

/** The kernel's own function for display messages, while a cell runs in a tslab kernel. */
function writeDisplayData(): WriteDisplayData | undefined {
	// Only a kernel has loaded this module; loading it here would start to pull in ZeroMQ.
	let file: string;
	try {
		file = require.resolve("tslab/dist/jupyter");
	} catch {
		return undefined;
	}
	return require.cache[file]?.exports.lastWriteDisplayData ?? undefined;
}
