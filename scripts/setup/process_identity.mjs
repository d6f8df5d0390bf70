import * as fs from "node:fs";

/**
 * A process number is used again after a while. Together with the time at which the process started
 * it names one process for good; where the system does not tell that time, it is "0".
 *
 * @param {number} pid
 * @returns {string} clock ticks between the machine's start and the process's
 */
export function readStartTime(pid) {
	return readStat(pid)?.[19] ?? "0";
}

/**
 * @param {number} pid
 * @param {string} startTime as `readStartTime` gave it
 * @returns {boolean} whether that very process still runs; one that only waits to be reaped does not
 */
export function isAlive(pid, startTime) {
	try {
		process.kill(pid, 0);
	} catch (error) {
		// EPERM: it runs, as another user.
		if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EPERM")
			return false;
	}
	const stat = readStat(pid);
	return (
		stat === undefined ||
		startTime === "0" ||
		(stat[0] !== "Z" && stat[19] === startTime)
	);
}

/**
 * The fields of Linux's `/proc/<pid>/stat` (proc(5)) from the third on: those before may hold spaces.
 *
 * @param {number} pid
 */
function readStat(pid) {
	try {
		const text = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
		return text.slice(text.lastIndexOf(")") + 2).split(" ");
	} catch {
		return undefined;
	}
}
