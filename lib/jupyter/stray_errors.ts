import { setTimeout } from "node:timers/promises";

// Errors that nothing awaits: a rejected promise without a handler, a throw in a timer or in an event. Node reports them to the
// process, and by then the cell that started the work may have ended.

/** Calls `report` with each error that nothing awaits, and keeps it from ending the process. */
export function onStrayError(report: (error: unknown) => void): void {
	process.on("uncaughtException", report);
	process.on("unhandledRejection", report);
}

/**
 * Waits until the stray errors that are due have been reported: those of promises that are rejected already, and of timers
 * without a delay. It does not wait for timers with one, because an interval never ends.
 */
export async function settleStrayErrors(): Promise<void> {
	// Timers of the same length run in the order in which they were set, and Node makes 0 ms into 1 ms.
	await setTimeout(1);
	// What those timers threw or rejected is reported before this one.
	await setTimeout(1);
}
