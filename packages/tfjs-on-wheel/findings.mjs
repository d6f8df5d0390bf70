/**
 * One line of what a doctor finds.
 *
 * @typedef {object} Finding
 * @property {string} name
 * @property {"good" | "degraded" | "broken"} state
 * @property {string} text what there is, or what is wrong
 * @property {string} [fix] the command to run, or what to do
 */

/**
 * Prints findings: a line for each, and one for each fix. The process's exit status becomes 1 if anything is broken.
 *
 * @param {readonly Finding[]} findings
 * @param {boolean} json whether to print them as JSON instead
 */
export function printFindings(findings, json) {
	if (json) console.log(JSON.stringify(findings, null, "\t"));
	else
		for (const { name, state, text, fix } of findings) {
			console.log(`${state.padEnd(10)}${name.padEnd(16)}${text}`);
			if (fix) console.log(`${"".padEnd(26)}→ ${fix}`);
		}
	if (findings.some(({ state }) => state === "broken")) process.exitCode = 1;
}
