import type { Random } from "./random";
import { bothSides, svg } from "./svg";

/** The colour of pupils, outlines and most noses. */
export const ink = "hsl(20 18% 11%)";

/** Picks green, yellow or blue for most cats and some dogs, else brown. */
function pickIris(random: Random, cat: boolean): string {
	return random.chance(cat ? 0.75 : 0.15)
		? random.pick(["hsl(85 40% 50%)", "hsl(45 75% 50%)", "hsl(205 50% 62%)"])
		: "hsl(26 60% 28%)";
}

/** Draws both eyes of a face around (0, 0); `width` and `height` are half of its size. */
export function drawEyes(
	random: Random,
	cat: boolean,
	width: number,
	height: number,
): string {
	const size = cat ? random.between(6.5, 9.5) : random.between(5, 7.5);
	const y = -height * random.between(0.06, 0.2);
	const iris = pickIris(random, cat);
	const pupil = cat && random.chance(0.7) ? size * 0.25 : size * 0.55;
	const closed = random.chance(0.06);
	return bothSides((side) => {
		const x = side * width * (cat ? 0.45 : 0.42);
		if (closed) {
			return svg`<path d="M${x - size} ${y} q${size} ${size} ${2 * size} 0" stroke="${ink}" stroke-width="2.2" fill="none"/>`;
		}
		const outline = cat
			? svg`M${x - side * size * 1.1} ${y + size * 0.4} Q${x - side * size * 0.25} ${y - size * 1.6} ${x + side * size * 1.2} ${y - size * 0.45} Q${x + side * size * 0.6} ${y + size * 1.5} ${x - side * size * 1.1} ${y + size * 0.4}Z`
			: svg`M${x - size} ${y} Q${x} ${y - size * 1.7} ${x + size} ${y} Q${x} ${y + size * 1.7} ${x - size} ${y}Z`;
		return svg`<path d="${outline}" fill="${iris}" stroke="${ink}" stroke-width="2"/><ellipse cx="${x}" cy="${y}" rx="${pupil}" ry="${size * 0.7}" fill="hsl(0 0% 4%)"/><circle cx="${x - size * 0.3}" cy="${y - size * 0.3}" r="${size * 0.22}" fill="white"/>`;
	});
}

/** Draws the eye of a profile that faces left, at (x, y). */
export function drawEye(
	random: Random,
	cat: boolean,
	x: number,
	y: number,
): string {
	const size = cat ? 7 : 5.5;
	const iris = pickIris(random, cat);
	return svg`<path d="M${x - size * 0.7} ${y} Q${x - size * 0.2} ${y - size * 1.5} ${x + size} ${y - size * 0.1} Q${x} ${y + size * 1.3} ${x - size * 0.7} ${y}Z" fill="${iris}" stroke="${ink}" stroke-width="1.8"/><ellipse cx="${x - size * 0.1}" cy="${y}" rx="${cat ? 1.6 : 3}" ry="${size * 0.6}" fill="hsl(0 0% 4%)"/><circle cx="${x - size * 0.3}" cy="${y - size * 0.3}" r="1.3" fill="white"/>`;
}
