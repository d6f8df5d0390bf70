import type { Random } from "./random";
import { svg } from "./svg";

/** An animal's colours and pattern; both species share the same ones. */
export interface Coat {
	/** A CSS colour, `hsl(…)`. */
	readonly base: string;
	readonly dark: string;
	readonly light: string;
	readonly pattern: "plain" | "stripes" | "patches" | "bib" | "points";
	/** Fill of the muzzle. */
	readonly muzzle: string;
	/** Length of the hair, in units of the drawing. */
	readonly hair: number;
}

/** Hue, saturation and lightness of fur: black, grey, brown, ginger, cream, white. */
const furs = [
	[30, 6, 21],
	[215, 8, 48],
	[24, 38, 30],
	[28, 66, 50],
	[36, 48, 70],
	[40, 14, 88],
] as const;

/** Draws a random coat. */
export function drawCoat(random: Random): Coat {
	const [hue, saturation, lightness] = random.pick(furs);
	const h = hue + random.between(-8, 8);
	const s = Math.max(0, saturation + random.between(-6, 10));
	const l = lightness + random.between(-7, 7);
	const color = (lightness: number) =>
		svg`hsl(${h} ${s}% ${Math.min(96, Math.max(5, lightness))}%)`;
	const light = color(l + (100 - l) * 0.55);
	// On dark fur, a muzzle in the colour of the fur would hide nose and mouth.
	const muzzles = ["url(#pale)", light, ...(l < 35 ? [] : ["url(#fur)"])];
	return {
		base: color(l),
		dark: color(l * 0.6),
		light,
		pattern: random.pick(["plain", "stripes", "patches", "bib", "points"]),
		muzzle: random.pick(muzzles),
		hair: random.between(2, 6),
	};
}

/** Defines gradients that make shapes look round: `fur` in the base colour, `shade` in the dark one, `pale` in the light one. */
export function defineFills({ base, dark, light }: Coat): string {
	const fill = (id: string, from: string, to: string, at: number) =>
		`<radialGradient id="${id}" cx="0.42" cy="0.28" r="0.85"><stop offset="0" stop-color="${from}"/><stop offset="${at}" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></radialGradient>`;
	return `<defs>${fill("fur", base, dark, 0.35)}${fill("shade", dark, dark, 0.5)}${fill("pale", light, base, 0.55)}</defs>`;
}

/** Draws the pattern on a shape around (0, 0); `width` and `height` are half of its size. */
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
			return svg`<ellipse cy="${height * 0.5}" rx="${width * 0.45}" ry="${height * 0.6}" fill="${light}"/>`;
		case "points":
			return svg`<ellipse cy="${height * 0.3}" rx="${width * 0.7}" ry="${height * 0.7}" fill="${dark}" opacity="0.55"/>`;
		case "stripes":
			return [-2, -1, 0, 1, 2]
				.map((i) => {
					const sway = random.between(-4, 4);
					return svg`<path d="M${i * width * 0.34} ${-height} q${sway} ${height * 0.3} ${-sway} ${height * random.between(0.4, 0.8)}" stroke="${dark}" stroke-width="${width * 0.08}" opacity="0.8" fill="none" stroke-linecap="round"/>`;
				})
				.join("");
		case "patches":
			return [1, 2, 3, 4]
				.map(() => {
					const [x, y] = [random.between(-0.8, 0.8), random.between(-0.9, 0.6)];
					return svg`<ellipse cx="${x * width}" cy="${y * height}" rx="${width * random.between(0.15, 0.4)}" ry="${height * random.between(0.12, 0.35)}" fill="${random.pick([dark, light])}"/>`;
				})
				.join("");
	}
}

/** Draws hair that points outwards and down on an ellipse around (0, 0), reaching a little beyond its edge. */
export function drawHair(
	random: Random,
	{ base, dark, light, hair }: Coat,
	width: number,
	height: number,
): string {
	const lay = (
		color: string,
		count: number,
		from: number,
		to: number,
		opacity: number,
	) => {
		const hairs = Array.from({ length: count }, () => {
			const angle = random.between(0, 2 * Math.PI);
			const radius = Math.sqrt(random.between(from, to));
			const [x, y] = [Math.cos(angle) * radius, Math.sin(angle) * radius];
			const bend = random.between(-2, 2);
			return svg`M${x * width} ${y * height}q${x * hair * 0.5 + bend} ${y * hair * 0.5 + 1} ${x * hair} ${y * hair + hair * 0.35}`;
		});
		return svg`<path d="${hairs}" stroke="${color}" stroke-width="1" fill="none" stroke-linecap="round" opacity="${opacity}"/>`;
	};
	return (
		lay(base, 80, 0.9, 1, 0.9) +
		lay(dark, 50, 0.1, 1, 0.6) +
		lay(light, 40, 0.05, 0.8, 0.35)
	);
}

/** Draws an ellipse of fur around (0, 0), with pattern and hair; `id` names its clip path. */
export function drawFur(
	random: Random,
	coat: Coat,
	id: string,
	width: number,
	height: number,
): string {
	const outline = svg`<ellipse rx="${width}" ry="${height}"`;
	return `<clipPath id="${id}">${outline}/></clipPath>${outline} fill="url(#fur)"/><g clip-path="url(#${id})">${drawPattern(random, coat, width, height)}</g>${drawHair(random, coat, width, height)}`;
}
