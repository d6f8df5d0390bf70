import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildDir } from "./paths.mjs";
import { isAlive, readStartTime } from "./process_identity.mjs";

// The lock is a folder of tickets, empty files named after a process. Whoever wants the lock writes
// its own ticket first and only then looks for others: of two that come at once at least one sees
// the other and steps back, so there is never more than one owner, and nobody ever has to remove a
// file that might meanwhile belong to someone else. Tickets of dead processes count for nothing.
const defaultFolder = path.join(buildDir, "lock");

/**
 * Runs `work` while no other process of this clone is inside `withLock`. A later one waits and says
 * for whom; what a killed one left behind is cleared away.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @param {string} [folder]
 * @returns {Promise<T>}
 */
export async function withLock(work, folder = defaultFolder) {
	let told = "";
	for (;;) {
		const remove = writeTicket(process.pid, "set-up", folder);
		const other = findLiveTicket(process.pid, folder);
		if (!other) {
			try {
				return await work();
			} finally {
				remove();
			}
		}
		remove();
		if (told !== other) {
			console.log(`Waiting for ${other} …`);
			told = other;
		}
		await sleep(200 + Math.random() * 300);
	}
}

/**
 * Marks a process as working in the clone. Commands that the set-up starts have tickets too: `pip` may
 * outlive a killed set-up, and the next one must not work beside it.
 *
 * @param {number} pid
 * @param {string} what its name in words of letters and dashes
 * @param {string} [folder]
 * @returns {() => void} removes the ticket
 */
export function writeTicket(pid, what, folder = defaultFolder) {
	fs.mkdirSync(folder, { recursive: true });
	const ticket = path.join(folder, `${pid}.${readStartTime(pid)}.${what}`);
	fs.writeFileSync(ticket, "");
	const remove = () => fs.rmSync(ticket, { force: true });
	process.once("exit", remove);
	return () => {
		process.off("exit", remove);
		remove();
	};
}

/**
 * @param {number} self
 * @param {string} folder
 * @returns {string | undefined} another process that works in the clone, described
 */
function findLiveTicket(self, folder) {
	/** @type {string | undefined} */
	let orphan;
	for (const ticket of fs.readdirSync(folder)) {
		const [pid = "", startTime = "", what = ""] = ticket.split(".");
		if (Number(pid) === self) continue;
		if (!isAlive(Number(pid), startTime))
			fs.rmSync(path.join(folder, ticket), { force: true });
		else if (what === "set-up") return `another set-up (process ${pid})`;
		else orphan = `${what} (process ${pid}) of an interrupted set-up`;
	}
	return orphan;
}
