import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { MimeBundle } from "../display";
import { tellTerminal } from "../terminal_events";

// The only file, beside those of jupyter/, that uses tslab's internals. Its public API sends one MIME type per call, but a chart needs several in
// one bundle, from which each front end picks the best one. And its interruption fails a cell whose work continues unseen.

type WriteDisplayData = (
	message: {
		data: MimeBundle;
		metadata: Record<string, unknown>;
		transient: { display_id?: string };
	},
	update: boolean,
) => void;

/** Whether this runs in a notebook cell. */
export function inNotebook(): boolean {
	return writeDisplayData() !== undefined;
}

/**
 * Adds an output to the running cell.
 *
 * @param metadata by MIME type, e.g. `{ 'image/png': { alt: '…' } }`
 * @returns false if nothing was shown, because this is not a notebook
 */
export function displayInNotebook(
	data: MimeBundle,
	metadata: Record<string, unknown> = {},
): boolean {
	const write = writeDisplayData();
	write?.({ data, metadata, transient: {} }, false);
	return write !== undefined;
}

/** Adds an output to the running cell, and returns a function that replaces its content. Only for notebooks. */
export function createOutput(): (data: MimeBundle) => void {
	// The function of this cell, so that a late update does not go to the next one.
	const write = writeDisplayData();
	const transient = { display_id: randomUUID() };
	let update = false;
	return (data) => {
		write?.({ data, metadata: {}, transient }, update);
		update = true;
		const [text] = String(data["text/plain"]).split("\n");
		tellTerminal({ event: "progress", text });
	};
}

/**
 * Makes the next interruption of the kernel (■ in JupyterLab) call `onInterrupt` instead of failing the cell. A second one
 * fails the cell as usual. Outside a notebook nothing changes: Ctrl-C ends the process.
 *
 * @returns a function that restores the kernel's own handling; call it when the work is done
 */
export async function onInterruption(
	onInterrupt: () => void,
): Promise<() => void> {
	if (!inNotebook()) return () => {};
	// Until its first await, a cell runs under Node's `breakOnSigint`, which removes all listeners and restores them
	// afterwards. A listener added in between would not be registered with the system, and SIGINT would end the kernel.
	await setImmediate();
	// tslab's listener would report the cell as failed while its work continues.
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
	// Added before the others are removed, because SIGINT without a listener would end the kernel.
	process.on("SIGINT", interrupt);
	for (const listener of kernels) process.off("SIGINT", listener);
	return restore;
}

/** The kernel's own function for display messages, if a cell is running in a tslab kernel. */
function writeDisplayData(): WriteDisplayData | undefined {
	// Only a kernel has loaded this module; requiring it here would load ZeroMQ.
	let file: string;
	try {
		file = require.resolve("tslab/dist/jupyter");
	} catch {
		return undefined;
	}
	return require.cache[file]?.exports.lastWriteDisplayData ?? undefined;
}
