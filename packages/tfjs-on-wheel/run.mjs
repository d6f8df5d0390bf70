import { spawn } from "node:child_process";
import { once } from "node:events";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeTicket } from "./lock.mjs";
import { DiskFullError } from "./user_error.mjs";

const keptCharacters = 100_000;

/** A command that could not be started, or ended with a status other than 0. */
export class CommandError extends Error {
	/** @override */
	name = "CommandError";

	/**
	 * @param {string} message
	 * @param {string} output the end of its output, both streams
	 */
	constructor(message, output) {
		super(message);
		this.output = output;
	}
}

/** @type {Set<import("node:child_process").ChildProcess>} */
const children = new Set();
let interrupted = false;

/**
 * Starts a command. It gets a process group of its own: a signal to this process's whole group
 * (from a terminal, `timeout` or a cancelled CI job) does not reach it, and this process can end it in order.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, stdio: "inherit" | "pipe" }} options
 */
export function start(command, args, options) {
	const child = spawn(command, args, { ...options, detached: true });
	children.add(child);
	child.once("close", () => children.delete(child));
	return child;
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} signal sent to all processes of its group
 */
function signalGroup({ pid }, signal) {
	try {
		if (pid) process.kill(-pid, signal);
	} catch {
		// It has just ended.
	}
}

/**
 * Runs a command to its end without showing its output. Its standard input stays open as long as this process lives.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd] its folder; default: this process's
 * @param {NodeJS.ProcessEnv} [options.env] added to the environment
 * @param {(line: string) => void} [options.onLine] called with each line of its output, both streams
 * @param {AbortSignal} [options.signal] interrupts it; `run` then throws the signal's reason
 * @returns {Promise<string>} the last 100,000 characters of its output, both streams
 * @throws {CommandError}
 * @throws {DiskFullError}
 */
export async function run(
	command,
	args,
	{ cwd, env, onLine, signal: stop } = {},
) {
	const child = start(command, args, {
		...(cwd && { cwd }),
		env: { ...process.env, ...env },
		stdio: "pipe",
	});
	const name = path.basename(command);
	const removeTicket = child.pid
		? writeTicket(child.pid, name.replaceAll(".", "-"))
		: () => {};

	let output = "";
	for (const stream of [child.stdout, child.stderr]) {
		if (!stream) continue;
		let rest = "";
		stream.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
			output = (output + text).slice(-keptCharacters);
			const lines = (rest + text).split("\n");
			rest = lines.pop() ?? "";
			for (const line of lines) if (line.trim()) onLine?.(line);
		});
	}

	/** @type {NodeJS.Timeout | undefined} */
	let patience;
	const interrupt = () => {
		signalGroup(child, "SIGINT");
		// npm waits for its requests first.
		patience = setTimeout(() => signalGroup(child, "SIGKILL"), 2000);
	};
	stop?.addEventListener("abort", interrupt);
	try {
		const [code, signal] = await once(child, "close");
		if (interrupted) await new Promise(() => {}); // The handler below ends the process.
		stop?.throwIfAborted();
		if (code !== 0 && /ENOSPC|No space left|Disk quota exceeded/.test(output))
			throw new DiskFullError(`the files of ${name}`);
		if (code !== 0)
			throw new CommandError(
				`${name} ended with ${signal ?? `status ${code}`}`,
				output,
			);
		return output;
	} catch (error) {
		if (child.pid) throw error;
		throw new CommandError(`${command} could not be started: ${error}`, output);
	} finally {
		clearTimeout(patience);
		stop?.removeEventListener("abort", interrupt);
		removeTicket();
	}
}

// The commands end first, so that nothing keeps running unseen. They get SIGINT, whatever came: nbconvert then ends its
// kernel, which it would leave running on SIGTERM. npm passes on a signal that its whole group got, so it may come twice.
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
	process.on(signal, async () => {
		if (interrupted) return;
		interrupted = true;
		// A closed terminal takes no more output.
		for (const stream of [process.stdout, process.stderr])
			stream.on("error", () => {});
		const ends = [...children].map((child) => once(child, "close"));
		for (const child of children) signalGroup(child, "SIGINT");
		await Promise.race([Promise.all(ends), sleep(5000)]);
		for (const child of children) signalGroup(child, "SIGKILL");
		console.error("\nInterrupted. Run the same command to continue.");
		process.exit(128 + os.constants.signals[signal]);
	});

// After an error that nobody caught.
process.on("exit", () => {
	for (const child of children) signalGroup(child, "SIGINT");
});
