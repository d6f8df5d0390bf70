import { type Coat, drawFur } from "./coat";
import { drawEars, type Species } from "./ears";
import { drawEyes, ink } from "./eyes";
import type { Random } from "./random";
import { bothSides, svg } from "./svg";

/**
 * Draws a head from the front, around (0, 0), about 50 units in each direction.
 *
 * The species overlap in sizes, ears, eyes and noses, and share the same coats: no single feature tells them apart.
 */
export function drawFace(random: Random, species: Species, coat: Coat): string {
	const cat = species === "cat";
	const width = cat ? random.between(43, 52) : random.between(36, 46);
	const height = cat ? random.between(36, 42) : random.between(40, 50);
	const ears = drawEars(random, species, coat, width, height);
	return [
		ears.behind,
		drawFur(random, coat, "head", width, height),
		drawEyes(random, cat, width, height),
		cat ? drawCatsMouth(random, coat, height) : drawSnout(random, coat, height),
		ears.before,
	].join("");
}

/** Draws two soft cheeks, a small nose and whiskers. */
function drawCatsMouth(
	random: Random,
	{ muzzle }: Coat,
	height: number,
): string {
	const size = random.between(12, 16);
	const y = height * random.between(0.26, 0.36);
	const nose = random.between(3.5, 5);
	const color = random.pick(["hsl(350 42% 64%)", "hsl(350 42% 64%)", ink]);
	const whiskers = [-6, 0, 6].map(
		(dy) =>
			svg`M${size * 0.8} ${y + 7 + dy * 0.4}q16 ${dy * 0.4 - 3} ${random.between(28, 42)} ${dy}m0 0M${-size * 0.8} ${y + 7 + dy * 0.4}q-16 ${dy * 0.4 - 3} ${-random.between(28, 42)} ${dy}`,
	);
	return svg`${bothSides((side) => svg`<ellipse cx="${side * size * 0.58}" cy="${y + size * 0.45}" rx="${size * 0.72}" ry="${size * 0.58}" fill="${muzzle}"/>`)}
<path d="M0 ${y} v${size * 0.5} m0 0 q${-size * 0.3} ${size * 0.35} ${-size * 0.65} ${size * 0.05} m${size * 0.65} ${-size * 0.05} q${size * 0.3} ${size * 0.35} ${size * 0.65} ${size * 0.05}" stroke="${ink}" stroke-width="1.5" fill="none" stroke-linecap="round"/>
<path d="M${-nose} ${y - 1} q${nose} -2 ${2 * nose} 0 q${-nose * 0.3} ${nose} ${-nose} ${nose * 1.1} q${-nose * 0.7} ${-nose * 0.1} ${-nose} ${-nose * 1.1}Z" fill="${color}" stroke="${color}"/>
<path d="${whiskers}" stroke="hsl(0 0% 94%)" stroke-width="0.8" opacity="${random.chance(0.85) ? 0.85 : 0}" fill="none"/>`;
}

/** Draws a protruding snout, a broad nose and often a tongue. */
function drawSnout(
	random: Random,
	{ muzzle, light }: Coat,
	height: number,
): string {
	const size = random.between(17, 26);
	const long = size * random.between(0.85, 1.25);
	const y = height * random.between(0.22, 0.42);
	const nose = random.between(7, 10);
	const color = random.chance(0.12) ? "hsl(350 30% 50%)" : ink;
	const lip = y + nose + long * 0.45;
	const tongue = random.chance(0.4)
		? svg`<path d="M${-size * 0.32} ${lip} q0 ${size * 1.3} ${size * 0.32} ${size * 1.3} q${size * 0.32} 0 ${size * 0.32} ${-size * 1.3}Z" fill="hsl(352 60% 66%)" stroke="hsl(352 45% 50%)"/>`
		: "";
	const blaze = random.chance(0.3)
		? svg`<path d="M-4 ${-height * 0.9} Q0 ${-height} 4 ${-height * 0.9} L${size * 0.5} ${y} H${-size * 0.5}Z" fill="${light}"/>`
		: "";
	return svg`${blaze}<path d="M${-size * 0.62} ${y - nose * 1.4} Q0 ${y - nose * 2.4} ${size * 0.62} ${y - nose * 1.4} Q${size * 1.25} ${y + long * 0.5} ${size * 0.7} ${y + long} Q0 ${y + long * 1.4} ${-size * 0.7} ${y + long} Q${-size * 1.25} ${y + long * 0.5} ${-size * 0.62} ${y - nose * 1.4}Z" fill="${muzzle}"/>${tongue}
<path d="M0 ${y + nose * 0.5} V${lip} q${-size * 0.35} ${size * 0.42} ${-size * 0.85} ${-size * 0.05} M0 ${lip} q${size * 0.35} ${size * 0.42} ${size * 0.85} ${-size * 0.05}" stroke="${ink}" stroke-width="2" fill="none" stroke-linecap="round"/>
<path d="M${-nose} ${y - nose * 0.3} Q0 ${y - nose * 1.2} ${nose} ${y - nose * 0.3} Q${nose * 0.9} ${y + nose * 0.5} 0 ${y + nose * 0.8} Q${-nose * 0.9} ${y + nose * 0.5} ${-nose} ${y - nose * 0.3}Z" fill="${color}"/><ellipse cx="${-nose * 0.3}" cy="${y - nose * 0.4}" rx="${nose * 0.3}" ry="${nose * 0.15}" fill="white" opacity="0.5"/>`;
}
