import { inspect } from "node:util";
import { type CompiledCell, findInStackFrame, type Place } from "./cell";
import { faint, red } from "./colors";
import { formatExcerpt } from "./excerpt";

/** The content of Jupyter's `error` message. */
export interface ErrorContent {
	/** The error's name, such as `TypeError`. */
	readonly ename: string;
	/** Its message. */
	readonly evalue: string;
	/** What a front end shows, with colours for a terminal. */
	readonly traceback: readonly string[];
}

/**
 * Describes what a cell threw, with the lines of cells that it came through, and its causes.
 *
 * @param thrown an error, or anything else
 */
export function describeError(thrown: unknown): ErrorContent {
	try {
		return describe(thrown, new Set());
	} catch {
		const evalue = "A value was thrown that cannot be shown.";
		return { ename: "Error", evalue, traceback: [evalue] };
	}
}

/** @param seen errors that are described already: causes may form a circle */
function describe(thrown: unknown, seen: Set<unknown>): ErrorContent {
	seen.add(thrown);
	if (!(thrown instanceof Error)) {
		const evalue = inspect(thrown);
		return {
			ename: "Thrown",
			evalue,
			traceback: [`${red("Thrown")}: ${evalue}`],
		};
	}
	if (isInterruption(thrown)) {
		const evalue = "The cell was interrupted.";
		return {
			ename: "Interrupted",
			evalue,
			traceback: [`${red("Interrupted")}: ${evalue}`],
		};
	}
	const ename = String(thrown.name || "Error");
	const evalue = String(thrown.message);
	return {
		ename,
		evalue,
		traceback: [
			evalue ? `${red(ename)}: ${evalue}` : red(ename),
			...describeStack(String(thrown.stack ?? ""), evalue),
			...describeCauses(thrown, seen),
		],
	};
}

/** Whether a cell was interrupted: while it computed, by Node; while it awaited something, by tslab. */
function isInterruption(error: Error & { code?: unknown }): boolean {
	return (
		error.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED" ||
		error.message === "Interrupted asynchronously"
	);
}

/** Lines about a stack, with an excerpt of the first cell in it. */
function describeStack(stack: string, message: string): string[] {
	const frames = stack
		// The message may look like frames.
		.slice(Math.max(0, stack.indexOf(message)) + message.length)
		.split("\n")
		.filter((line) => /^\s+at /.test(line));
	let isShown = false;
	return frames.flatMap((frame) => {
		const found = findInStackFrame(frame);
		if (!found) return isOfKernel(frame) ? [] : faint(frame);
		const { cell, place } = found;
		if (!place) return [];
		const line = `    at ${nameOf(frame)}${formatPlace(cell, place)}`;
		if (isShown) return line;
		isShown = true;
		return [line, formatExcerpt(cell.code, place)];
	});
}

/** Whether a stack's line is about what runs cells, not about the cell and what it calls. */
function isOfKernel(frame: string): boolean {
	return (
		/\bnode:|node_modules.tslab\b/.test(frame) || frame.includes(__dirname)
	);
}

/** The function's name in a stack's line. */
function nameOf(frame: string): string {
	const name = /^\s+at (?:async )?(.+) \(/.exec(frame)?.[1];
	// The cell itself is an anonymous function, and its variables are properties of a proxy.
	return name && name !== "eval"
		? `${name.replace(/^(Proxy|exports|Object)\./, "")}, `
		: "";
}

function formatPlace(
	{ count }: Pick<CompiledCell, "count">,
	{ line, column }: Place,
): string {
	return `In[${count}], line ${line}, column ${column}`;
}

function describeCauses(error: Error, seen: Set<unknown>): string[] {
	const causes = error.cause === undefined ? [] : [error.cause];
	const errors = error instanceof AggregateError ? error.errors : [];
	return [...causes, ...errors].flatMap((cause) => {
		if (seen.has(cause)) return [];
		const [first, ...others] = describe(cause, seen).traceback;
		return [`Caused by ${first}`, ...others];
	});
}
