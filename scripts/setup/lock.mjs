import * as path from "node:path";
import * as processLock from "../../lib/process_lock.cjs";
import { buildDir } from "./paths.mjs";

const folder = path.join(buildDir, "lock");

/**
 * Runs `work` while no other process of this clone is inside `withLock`. A later one waits and says
 * for whom.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export function withLock(work) {
	let told = "";
	return processLock.withLock(folder, "set-up", work, {
		onWait(owners) {
			const owner = owners.find(({ what }) => what === "set-up");
			const [orphan] = owners;
			const other = owner
				? `another set-up (process ${owner.pid})`
				: `${orphan?.what} (process ${orphan?.pid}) of an interrupted set-up`;
			if (told !== other) console.log(`Waiting for ${other} …`);
			told = other;
		},
	});
}

/**
 * Marks a command that the set-up starts as working in the clone: `pip` may outlive a killed set-up,
 * and the next one must not work beside it.
 *
 * @param {number} pid
 * @param {string} what its name in words of letters and dashes
 * @returns {() => void} removes the mark
 */
export function writeTicket(pid, what) {
	return processLock.writeTicket(folder, pid, what).remove;
}
