import * as processLock from "./process_lock.cjs";

/**
 * The folder of the lock that this process took last.
 *
 * @type {string | undefined}
 */
let folder;

/**
 * Runs `work` while no other process with this lock is inside `withLock`. A later one waits and says
 * for whom.
 *
 * @template T
 * @param {string} lock its folder
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export function withLock(lock, work) {
	folder = lock;
	let told = "";
	return processLock.withLock(lock, "set-up", work, {
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
 * Marks a command as working in the project that this process has locked: `pip` may outlive a killed set-up,
 * and the next one must not work beside it.
 *
 * @param {number} pid
 * @param {string} what its name in words of letters and dashes
 * @returns {() => void} removes the mark
 */
export function writeTicket(pid, what) {
	return folder ? processLock.writeTicket(folder, pid, what).remove : () => {};
}
