import type { Random } from "./random";

/** How an animal is coloured; both species have the same colours and patterns. */
export interface Coat {
	/** As `hsl(…)`. */
	readonly base: string;
	readonly dark: string;
	readonly light: string;
	readonly pattern: "plain" | "stripes" | "patches" | "bib";
}

/** Hue, saturation and lightness of fur: black, grey, brown, ginger, cream, white. */
const furs = [
	[30, 6, 18],
	[215, 8, 48],
	[24, 42, 30],
	[28, 72, 52],
	[36, 52, 72],
	[40, 14, 90],
] as const;

export function drawCoat(random: Random): Coat {
	const [hue, saturation, lightness] = random.pick(furs);
	const h = hue + random.between(-8, 8);
	const s = saturation + random.between(-4, 10);
	const l = lightness + random.between(-7, 7);
	const color = (lightness: number) =>
		`hsl(${h.toFixed(0)} ${Math.max(0, s).toFixed(0)}% ${Math.min(96, Math.max(6, lightness)).toFixed(0)}%)`;
	return {
		base: color(l),
		dark: color(l * 0.62),
		light: color(l + (100 - l) * 0.55),
		pattern: random.pick(["plain", "plain", "stripes", "patches", "bib"]),
	};
}

/** The pattern on a shape around (0, 0) of this half width and half height, as SVG. */
export function drawPattern(
	random: Random,
	{ dark, light, pattern }: Coat,
	width: number,
	height: number,
): string {
	switch (pattern) {
		case "plain":
			return "";
		case "bib":
			return `<ellipse cx="0" cy="${height * 0.45}" rx="${width * 0.5}" ry="${height * 0.55}" fill="${light}"/>`;
		case "stripes":
			return Array.from({ length: 5 }, (_, i) => {
				const x = (i - 2) * width * 0.34;
				const sway = random.between(-4, 4);
				return `<path d="M${x} ${-height * 0.9} q${sway} ${height * 0.3} ${-sway} ${height * random.between(0.4, 0.8)}" stroke="${dark}" stroke-width="${width * 0.09}" fill="none" stroke-linecap="round"/>`;
			}).join("");
		case "patches":
			return Array.from({ length: 4 }, () => {
				const [x, y] = [random.between(-0.7, 0.7), random.between(-0.8, 0.8)];
				return `<ellipse cx="${x * width}" cy="${y * height}" rx="${width * random.between(0.15, 0.4)}" ry="${height * random.between(0.12, 0.35)}" fill="${random.pick([dark, light])}"/>`;
			}).join("");
	}
}
