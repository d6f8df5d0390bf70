// Plain JavaScript without dependencies: the set-up uses it before anything is installed or compiled.
"use strict";

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const { isAlive, readStartTime } = require("./process_identity.cjs");

// A lock is a folder of tickets, files named after a process that hold its machine's name. Whoever wants
// the lock writes a ticket first and only then looks for others: of two that come at once at least one sees
// the other and steps back, so there is never more than one owner, and a live process's ticket is never
// removed by another. Tickets of dead processes count for nothing. Whether a process on another machine (or
// in another container) is alive cannot be seen: its ticket counts while it is touched.

/** Milliseconds after which a ticket of another machine that was not touched counts for nothing. */
const staleAfter = 30_000;

/** @typedef {{ readonly pid: number, readonly what: string }} Owner */

/**
 * Runs `work` while no other live process has a ticket in `folder`, waiting first for those that have.
 *
 * @template T
 * @param {string} folder made if it is missing
 * @param {string} what the ticket's name, without dots; two of one process must differ
 * @param {(signal: AbortSignal) => Promise<T>} work its signal is aborted by `options.signal`, or if the ticket disappears
 * @param {object} [options]
 * @param {AbortSignal} [options.signal] ends the wait
 * @param {(owners: Owner[]) => void} [options.onWait] called at every look at a lock that others hold
 * @param {number} [options.poll] mean milliseconds between two looks; default: 250
 * @returns {Promise<T>}
 */
async function withLock(folder, what, work, options = {}) {
	const { signal, onWait, poll = 250 } = options;
	for (;;) {
		const ticket = writeTicket(folder, process.pid, what);
		try {
			const owners = findOwners(folder, ticket.file);
			if (owners.length === 0) return await runWith(ticket.file, work, options);
			onWait?.(owners);
		} finally {
			ticket.remove();
		}
		// By chance, so that two do not step back from each other for ever.
		await sleep(poll * (0.5 + Math.random()), undefined, { signal });
	}
}

/**
 * @template T
 * @param {string} ticket
 * @param {(signal: AbortSignal) => Promise<T>} work
 * @param {{ signal?: AbortSignal, poll?: number }} options
 */
async function runWith(ticket, work, { signal, poll = 250 }) {
	const lost = new AbortController();
	const watch = setInterval(() => {
		try {
			const now = new Date();
			fs.utimesSync(ticket, now, now);
			return;
		} catch (error) {
			const { code } = /** @type {NodeJS.ErrnoException} */ (error);
			if (code !== "ENOENT") return;
		}
		const message = `${path.dirname(ticket)} was removed or taken over by another process`;
		lost.abort(Object.assign(new Error(message), { code: "ENOLCK" }));
	}, poll).unref();
	try {
		return await work(
			AbortSignal.any(signal ? [signal, lost.signal] : [lost.signal]),
		);
	} finally {
		clearInterval(watch);
	}
}

/**
 * Marks a process as an owner without waiting for others.
 *
 * @param {string} folder
 * @param {number} pid
 * @param {string} what
 */
function writeTicket(folder, pid, what) {
	const file = path.join(folder, `${pid}.${readStartTime(pid)}.${what}`);
	for (let tries = 1; ; tries++) {
		try {
			fs.mkdirSync(folder, { recursive: true });
			fs.writeFileSync(file, os.hostname());
			break;
		} catch (error) {
			// On a full disk an empty file is left, which would look like another machine's ticket.
			fs.rmSync(file, { force: true });
			// The last owner may have removed the folder in between.
			const { code } = /** @type {NodeJS.ErrnoException} */ (error);
			if (code !== "ENOENT" || tries === 10) throw error;
		}
	}
	const removeFile = () => fs.rmSync(file, { force: true });
	process.once("exit", removeFile);
	const remove = () => {
		process.off("exit", removeFile);
		removeFile();
	};
	return { file, remove };
}

/**
 * @param {string} folder
 * @param {string} mine
 * @returns {Owner[]} the live processes that have tickets, but for `mine`
 */
function findOwners(folder, mine) {
	return fs.readdirSync(folder).flatMap((name) => {
		const file = path.join(folder, name);
		const [, pid, startTime = "", what = ""] =
			/^(\d+)\.(\d+)\.(.+)$/.exec(name) ?? [];
		if (pid === undefined || file === mine) return [];
		if (isLive(file, Number(pid), startTime)) {
			return [{ pid: Number(pid), what }];
		}
		fs.rmSync(file, { force: true });
		return [];
	});
}

/**
 * @param {string} ticket
 * @param {number} pid
 * @param {string} startTime
 * @returns {boolean} whether the ticket's process is still running, as far as this machine can tell
 */
function isLive(ticket, pid, startTime) {
	try {
		const host = fs.readFileSync(ticket, "utf8");
		if (host === os.hostname()) return isAlive(pid, startTime);
		return Date.now() - fs.statSync(ticket).mtimeMs < staleAfter;
	} catch {
		// It was just removed.
		return false;
	}
}

module.exports = { withLock, writeTicket };
