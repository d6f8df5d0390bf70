/** Escapes line breaks and other control characters in a text, such as a file name, so that it prints on one line. */
export function printable(text: string): string {
	return text.replace(
		/[\p{Cc}\u2028\u2029]/gu,
		(character) =>
			({ "\n": "\\n", "\r": "\\r", "\t": "\\t" })[character] ??
			`\\u{${character.charCodeAt(0).toString(16)}}`,
	);
}

/** Replaces line breaks, control characters and runs of spaces with one space. */
export function toOneLine(text: string): string {
	return text.replace(/[\s\p{Cc}]+/gu, " ");
}

/** Formats seconds as `42 s`, `3 min 05 s` or `1 h 12 min`. */
export function formatSeconds(seconds: number): string {
	const whole = Math.max(0, Math.round(seconds));
	const two = (value: number) => String(value).padStart(2, "0");
	if (whole < 60) return `${whole} s`;
	if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
	return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}
