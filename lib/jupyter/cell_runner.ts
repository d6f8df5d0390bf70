import { type Displayable, isDisplayable, jupyterDisplay } from "../display";
import { findStartingCell, keepCell } from "./cell";
import { describeDiagnostics } from "./describe_diagnostics";
import { describeError, type ErrorContent } from "./describe_error";
import { nameNextScript } from "./script_name";
import { onStrayError, settleStrayErrors } from "./stray_errors";
import type {
	Converted,
	Converter,
	Executor,
	ExecutorConsole,
	Tslab,
} from "./tslab_parts";

/** A cell to run. */
export interface Cell {
	/** Its number, as in `In[3]`. */
	readonly count: number;
	readonly code: string;
	/** Sends a message about the cell to all front ends. */
	publish(type: string, content: Readonly<Record<string, unknown>>): void;
}

/** The cell that runs. */
interface Run {
	readonly cell: Cell;
	/** Why it fails; the first reason counts. */
	failure?: ErrorContent;
	/** The value of its last expression, if that displays itself. */
	value?: Displayable;
	/** Stops waiting for the cell. */
	stop(): void;
}

/** Runs cells one after another, each with the variables of those before it. */
export interface CellRunner {
	/** @returns why the cell failed; undefined if it did not */
	run(cell: Cell): Promise<ErrorContent | undefined>;
	/** Makes the running cell fail if it awaits something. (Node itself stops one that computes.) */
	interrupt(): void;
	readonly executor: Executor;
}

/**
 * Creates the runner of a kernel's cells.
 *
 * An error that nothing awaits (a rejected promise, a throw in a timer) fails the cell that runs, whichever cell started the
 * work: Node would end the process. It fails at once, because it may await what will not come.
 *
 * @param onLateError called for such an error when no cell runs, with the number of the cell that started the work, if the
 * error's stack tells it
 */
export function createCellRunner(
	tslab: Tslab,
	onLateError: (error: ErrorContent, count: number | undefined) => void,
): CellRunner {
	let running: Run | undefined;
	const executor = tslab.createExecutor(
		process.cwd(),
		createConverters(tslab, takeConverted),
		createConsole(() => running),
	);
	onStrayError((error) => {
		const content = describeError(error);
		if (!running) return onLateError(content, findStartingCell(error));
		running.failure ??= content;
		interrupt();
	});
	return { run, interrupt, executor };

	/** Keeps what places in the cell are found with, and names the compiled cell in stacks. */
	function takeConverted({ diagnostics, output }: Converted): void {
		if (!running) return;
		const { count, code } = running.cell;
		if (diagnostics.length > 0)
			running.failure = describeDiagnostics(count, code, diagnostics);
		if (!output) return;
		const sourceMaps = tslab.latestSourceMaps();
		nameNextScript(
			keepCell({ count, code, compiled: output, sourceMaps }),
			output,
		);
	}

	async function run(cell: Cell): Promise<ErrorContent | undefined> {
		let stop = () => {};
		const stopped = new Promise<void>((resolve) => {
			stop = resolve;
		});
		const current: Run = { cell, stop };
		running = current;
		try {
			await executor.execute(cell.code);
			if (!current.failure) await Promise.race([showValue(current), stopped]);
			await settleStrayErrors();
		} catch (error) {
			current.failure ??= describeError(error);
		} finally {
			running = undefined;
		}
		return current.failure;
	}

	function interrupt(): void {
		executor.interrupt();
		running?.stop();
	}
}

/** Displays the value of a cell's last expression, if it displays itself. */
async function showValue({ cell, value }: Run): Promise<void> {
	if (!value) return;
	const data = await value[jupyterDisplay]();
	const { count } = cell;
	cell.publish("execute_result", {
		data,
		metadata: {},
		execution_count: count,
	});
}

/** Creates the console of tslab's executor, which gives it what a cell throws and the value of its last expression. */
function createConsole(running: () => Run | undefined): ExecutorConsole {
	return {
		log(value) {
			const run = running();
			if (run && isDisplayable(value)) run.value = value;
			else console.log(value);
		},
		error(...parts) {
			const run = running();
			// Diagnostics come in parts. Those of a cell are known already; a module's (`/** @module name */`) do not fail it.
			if (run && parts.length === 1) run.failure ??= describeError(parts[0]);
			else if (!run?.failure) console.error(...parts);
		},
	};
}

/** Creates the converters of tslab's executor; `take` is called with each compiled cell. */
function createConverters(tslab: Tslab, take: (cell: Converted) => void) {
	const create = (isBrowser: boolean) =>
		tslab.createConverter({ isJS: false, isBrowser });
	const node = create(false);
	let browser: Converter | undefined;
	return {
		node: {
			...node,
			convert(previous: string, code: string) {
				const converted = node.convert(previous, code);
				take(converted);
				return converted;
			},
		},
		// It takes a while, and few notebooks need it.
		get browser() {
			browser ??= create(true);
			return browser;
		},
		close() {
			node.close();
			browser?.close();
		},
	};
}
