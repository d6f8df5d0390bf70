/** A text on one line: breaks, other control characters and runs of spaces become one space. */
export function toOneLine(text: string): string {
	return text.replace(/[\s\p{Cc}]+/gu, " ");
}
