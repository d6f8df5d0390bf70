/** Red text, as front ends show it in tracebacks. */
export function red(text: string): string {
	return `\x1b[31m${text}\x1b[39m`;
}

/** Faint text. */
export function faint(text: string): string {
	return `\x1b[2m${text}\x1b[22m`;
}
