/** A text, such as a file's name, for one line of output: line breaks and other control characters are escaped. */
export function printable(text: string): string {
	return text.replace(
		/[\p{Cc}\u2028\u2029]/gu,
		(character) =>
			({ "\n": "\\n", "\r": "\\r", "\t": "\\t" })[character] ??
			`\\u{${character.charCodeAt(0).toString(16)}}`,
	);
}
