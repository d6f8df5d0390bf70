type Part = string | number | readonly string[];

/** Template tag for SVG: rounds numbers to two decimals and concatenates lists. */
export function svg(strings: TemplateStringsArray, ...parts: Part[]): string {
	return String.raw({ raw: strings }, ...parts.map(write));
}

function write(part: Part): string {
	if (typeof part === "number") return String(Math.round(part * 100) / 100);
	return typeof part === "string" ? part : part.join("");
}

/** Draws the left (-1) and right (1) side of something symmetrical. */
export function bothSides(draw: (side: -1 | 1) => string): string {
	return draw(-1) + draw(1);
}
