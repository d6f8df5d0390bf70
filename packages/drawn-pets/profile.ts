import { type Coat, drawFur } from "./coat";
import type { Species } from "./ears";
import { drawEye, ink } from "./eyes";
import type { Random } from "./random";
import { svg } from "./svg";

/** Draws a head that faces left, around (0, 0): a cat's is short, a dog's has a snout. */
export function drawProfile(
	random: Random,
	species: Species,
	coat: Coat,
): string {
	const cat = species === "cat";
	const skull = random.between(34, 39);
	const height = skull * random.between(0.86, 1);
	const long =
		skull * (cat ? random.between(0.9, 1.02) : random.between(1.4, 1.8));
	const deep = skull * (cat ? 0.42 : random.between(0.34, 0.46));
	const y = height * 0.3;
	const snout = svg`<path d="M${-skull * 0.6} ${-height * 0.3} Q${-skull * 0.95} ${y - deep * 0.85} ${-long} ${y - deep * 0.45} Q${-long - deep * 0.45} ${y + deep * 0.3} ${-long + deep * 0.25} ${y + deep} Q${-skull * 0.7} ${y + deep * 1.35} ${-skull * 0.1} ${height * 0.8}Z" fill="${coat.muzzle}"/>`;
	const nose = cat ? 3.5 : random.between(6, 8);
	const noseColor = cat && random.chance(0.65) ? "hsl(350 42% 64%)" : ink;
	const mouth = svg`<path d="M${-long + deep * 0.1} ${y + deep * 0.55} q${long * 0.2} ${deep * 0.3} ${long * 0.42} ${-deep * 0.1}" stroke="${ink}" stroke-width="1.8" fill="none" stroke-linecap="round"/>`;
	const tongue =
		!cat && random.chance(0.35)
			? svg`<path d="M${-long * 0.9} ${y + deep * 0.6} q2 ${deep * 1.5} 8 ${deep * 1.5} q7 -4 4 ${-deep * 1.5}Z" fill="hsl(352 60% 66%)"/>`
			: "";
	const whiskers = cat
		? svg`<path d="${[-6, 0, 6].map((dy) => svg`M${-skull * 0.8} ${y + deep * 0.3}q-10 ${dy * 0.5} -26 ${dy + 5}`)}" stroke="hsl(0 0% 94%)" stroke-width="0.8" fill="none"/>`
		: "";
	return [
		drawFur(random, coat, "head", skull, height),
		snout,
		tongue,
		mouth,
		svg`<ellipse cx="${-long - deep * 0.08}" cy="${y - deep * 0.2}" rx="${nose}" ry="${nose * 0.8}" fill="${noseColor}"/>`,
		whiskers,
		drawEye(random, cat, -skull * (cat ? 0.52 : 0.5), -height * 0.12),
		drawEar(random, cat, coat, skull, height),
	].join("");
}

function drawEar(
	random: Random,
	cat: boolean,
	{ dark }: Coat,
	skull: number,
	height: number,
): string {
	const [x, y] = [skull * 0.25, -height * 0.6];
	if (random.chance(cat ? 0.95 : 0.35)) {
		const tall = height * random.between(0.8, 1.1);
		const half = skull * 0.36;
		return svg`<path d="M${x - half} ${y + 8} Q${x - half * 0.6} ${y - tall * 0.5} ${x + 4} ${y - tall} Q${x + half} ${y - tall * 0.4} ${x + half} ${y + 10}Z" fill="url(#fur)" stroke="${dark}" stroke-width="1.4"/><path d="M${x - half * 0.6} ${y + 4} Q${x - half * 0.4} ${y - tall * 0.4} ${x + 2} ${y - tall * 0.7} L${x + half * 0.3} ${y + 4}Z" fill="hsl(350 30% 62%)"/>`;
	}
	const long = height * (cat ? 0.5 : random.between(1.1, 1.9));
	return svg`<path d="M${x - 12} ${y + 4} Q${x + skull * 0.5} ${y - 8} ${x + skull * 0.5} ${y + long * 0.6} Q${x + 8} ${y + long * 1.25} ${x - 6} ${y + long * 0.7} Q${x - 14} ${y + long * 0.3} ${x - 12} ${y + 4}Z" fill="url(#shade)" stroke="${dark}"/>`;
}
