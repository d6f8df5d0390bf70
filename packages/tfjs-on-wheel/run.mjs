import { spawn } from "node:child_process";
import { once } from "node:events";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeTicket } from "./lock.mjs";

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
 * Runs a command to its end without showing its output.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd] its folder; default: this process's
 * @param {NodeJS.ProcessEnv} [options.env] added to the environment
 * @param {(line: string) => void} [options.onLine] called with each line of its standard output
 * @returns {Promise<string>} the last 100,000 characters of its output, both streams
 * @throws {CommandError}
 */
export async function run(command, args, { cwd, env, onLine } = {}) {
	const child = spawn(command, args, {
		cwd,
		env: { ...process.env, ...env },
		stdio: ["ignore", "pipe", "pipe"],
	});
	children.add(child);
	const name = path.basename(command);
	const removeTicket = child.pid
		? writeTicket(child.pid, name.replaceAll(".", "-"))
		: () => {};

	let output = "";
	let rest = "";
	child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
		output = (output + text).slice(-keptCharacters);
	});
	child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
		output = (output + text).slice(-keptCharacters);
		const lines = (rest + text).split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) if (line.trim()) onLine?.(line);
	});

	try {
		const [code, signal] = await once(child, "close");
		if (interrupted) await new Promise(() => {}); // The handler below ends the process.
		if (code !== 0)
			throw new CommandError(
				`${name} ended with ${signal ?? `status ${code}`}`,
				output,
			);
		return output;
	} catch (error) {
		if (error instanceof CommandError) throw error;
		throw new CommandError(`${command} could not be started: ${error}`, output);
	} finally {
		children.delete(child);
		removeTicket();
	}
}

// On Ctrl-C a terminal signals the commands too, but `kill` signals only this process. Either way the commands end first,
// so that nothing keeps running unseen. They always get SIGINT: nbconvert then ends its kernel, which it would leave
// running on SIGTERM.
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
	process.once(signal, async () => {
		interrupted = true;
		const ends = [...children].map((child) => once(child, "close"));
		for (const child of children) child.kill("SIGINT");
		await Promise.race([Promise.all(ends), sleep(5000)]);
		for (const child of children) child.kill("SIGKILL");
		console.error("\nInterrupted. Run the same command to continue.");
		process.exit(128 + os.constants.signals[signal]);
	});
