import { randomUUID } from "node:crypto";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { anySignal } from "../any_signal";
import { TransferLearningError } from "../errors";

export interface LockOptions {
	/** Milliseconds between two signs of life of the owner. */
	readonly heartbeat: number;
	/** Milliseconds without a sign of life after which an owner counts as dead. */
	readonly staleAfter: number;
	/** Milliseconds between two looks at a lock that another holds. */
	readonly poll: number;
	/** Ends the wait, and is passed on to `run`. */
	readonly signal?: AbortSignal;
	/** Called at every look at a lock that another holds. */
	readonly onWait?: () => Promise<void>;
}

/**
 * Runs `run` while this process holds the lock file `lock`, waiting first for another that holds it.
 *
 * The lock of a process that is dead is taken over at once if it ran on this machine, otherwise when its
 * signs of life stop: a process id alone may by then belong to somebody else. The signal that `run`
 * gets is aborted if the lock is lost, as may happen to a process that was suspended.
 */
export async function withLock<T>(
	lock: string,
	options: LockOptions,
	run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	const mine = JSON.stringify({
		pid: process.pid,
		host: os.hostname(),
		id: randomUUID(),
	});
	while (!(await create(lock, mine))) {
		if (await removeStale(lock, options.staleAfter)) continue;
		await options.onWait?.();
		await sleep(options.poll, undefined, { signal: options.signal });
	}
	const lost = new AbortController();
	const heartbeat = setInterval(async () => {
		if ((await read(lock)) === mine) {
			const now = new Date();
			await fs.utimes(lock, now, now).catch(() => {});
		} else {
			lost.abort(
				new TransferLearningError(
					`${lock} was removed or taken over by another process. Run this again.`,
				),
			);
		}
	}, options.heartbeat);
	heartbeat.unref();
	try {
		return await run(anySignal(lost.signal, options.signal));
	} finally {
		clearInterval(heartbeat);
		if ((await read(lock)) === mine) await fs.rm(lock, { force: true });
	}
}

async function create(lock: string, content: string): Promise<boolean> {
	try {
		await fs.writeFile(lock, content, { flag: "wx" });
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
		throw error;
	}
}

/** Removes the lock if its owner is dead; tells whether it is worth trying to take it now. */
async function removeStale(lock: string, staleAfter: number): Promise<boolean> {
	const content = await read(lock);
	const stat = await fs.stat(lock).catch(() => undefined);
	if (content === undefined || stat === undefined) return true;
	const silence = Date.now() - stat.mtimeMs;
	if (silence < staleAfter && !isDead(content)) return false;

	// Of several processes that see the same dead owner, the renaming lets one go first.
	const aside = `${lock}.${randomUUID()}`;
	if (!(await succeeds(fs.rename(lock, aside)))) return true;
	if ((await read(aside)) !== content) {
		// It was first: this is its own lock. If it cannot be put back, its heartbeat notices.
		await succeeds(fs.link(aside, lock));
	}
	await fs.rm(aside, { force: true });
	return true;
}

function isDead(content: string): boolean {
	try {
		const owner = JSON.parse(content) as { pid: number; host: string };
		if (owner.host !== os.hostname()) return false;
		process.kill(owner.pid, 0);
		return false;
	} catch (error) {
		// Neither a lock that is just being written nor a process of another user is dead.
		return (error as NodeJS.ErrnoException).code === "ESRCH";
	}
}

function read(file: string): Promise<string | undefined> {
	return fs.readFile(file, "utf8").catch(() => undefined);
}

function succeeds(operation: Promise<unknown>): Promise<boolean> {
	return operation.then(
		() => true,
		() => false,
	);
}
