"use strict";

const fs = require("node:fs");

/**
 * Process ids are reused, but together with its start time an id identifies one process. The time is "0" on systems
 * without it.
 *
 * @param {number} pid
 * @returns {string} clock ticks from the machine's start to the process's
 */
function readStartTime(pid) {
	return readStat(pid)?.[19] ?? "0";
}

/**
 * @param {number} pid
 * @param {string} startTime what `readStartTime` returned
 * @returns {boolean} whether this process is still running; a zombie is not
 */
function isAlive(pid, startTime) {
	try {
		process.kill(pid, 0);
	} catch (error) {
		// EPERM: it is running as another user.
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
 * The fields of Linux's `/proc/<pid>/stat` (proc(5)) from the third; the second may contain spaces.
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

module.exports = { readStartTime, isAlive };
