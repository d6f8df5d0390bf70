type Part = string | number | readonly string[];

/** Writes SVG: numbers with two decimals, lists of elements one after the other. */
export function svg(strings: TemplateStringsArray, ...parts: Part[]): string {
	return String.raw({ raw: strings }, ...parts.map(write));
}

function write(part: Part): string {
	if (typeof part === "number") return String(Math.round(part * 100) / 100);
	return typeof part === "string" ? part : part.join("");
}

/** Both sides of what is symmetrical: `draw(-1)` is the left one. */
export function bothSides(draw: (side: -1 | 1) => string): string {
	return draw(-1) + draw(1);
}
