import { type Coat, drawFur } from "./coat";
import type { Species } from "./ears";
import type { Random } from "./random";
import { bothSides, svg } from "./svg";

/** How the body is held. */
export type Pose = "sitting" | "lying" | "standing";

/** Draws a body for a head at (0, 0), with the tail on the right. */
export function drawBody(
	random: Random,
	species: Species,
	coat: Coat,
	pose: Pose,
): string {
	const cat = species === "cat";
	const collar = random.chance(cat ? 0.15 : 0.3)
		? svg`<path d="M-22 36 Q0 54 24 36" stroke="hsl(${random.between(0, 360)} 60% 45%)" stroke-width="6" fill="none"/><circle cx="1" cy="49" r="4" fill="hsl(45 70% 60%)"/>`
		: "";
	switch (pose) {
		case "sitting":
			return drawSitting(random, cat, coat) + collar;
		case "lying":
			return drawLying(random, cat, coat) + collar;
		case "standing":
			return drawStanding(random, cat, coat) + collar;
	}
}

/** Draws a tail from (x, y): a cat's is long with a curled tip, a dog's is often bushy. */
function drawTail(
	random: Random,
	cat: boolean,
	{ dark, base, hair }: Coat,
	x: number,
	y: number,
): string {
	const out = random.between(18, 45);
	const up = cat ? random.between(-80, -10) : random.between(-60, 15);
	const curl = cat ? random.between(-22, 12) : random.between(-8, 18);
	const thick = cat
		? random.between(7, 10)
		: random.between(6, 10) + hair * 0.6;
	return svg`<path d="M${x} ${y} q${out} ${random.between(0, 16)} ${out} ${up * 0.55} q0 ${up * 0.4} ${curl} ${up * 0.45}" stroke="${random.pick([dark, base])}" stroke-width="${thick}" fill="none" stroke-linecap="round"/>`;
}

function drawLeg(
	coat: Coat,
	x: number,
	y: number,
	long: number,
	broad: number,
) {
	return svg`<rect x="${x - broad / 2}" y="${y}" width="${broad}" height="${long}" rx="${broad / 2}" fill="url(#fur)" stroke="${coat.dark}" stroke-width="0.8"/><ellipse cx="${x}" cy="${y + long - 2}" rx="${broad * 0.68}" ry="${broad * 0.42}" fill="url(#pale)" stroke="${coat.dark}" stroke-width="0.8"/>`;
}

function drawSitting(random: Random, cat: boolean, coat: Coat): string {
	const broad = cat ? random.between(32, 42) : random.between(30, 44);
	const tall = random.between(46, 58);
	const y = 70;
	const haunches = bothSides(
		(side) =>
			svg`<ellipse cx="${side * broad * 0.78}" cy="${y + tall * 0.55}" rx="${broad * 0.48}" ry="${tall * 0.42}" fill="url(#fur)"/>`,
	);
	const legs = bothSides((side) =>
		drawLeg(coat, side * broad * 0.36, y - 4, tall + 4, cat ? 14 : 17),
	);
	return svg`${drawTail(random, cat, coat, broad * 0.9, y + tall * 0.7)}${haunches}<g transform="translate(0 ${y})">${drawFur(random, coat, "body", broad, tall)}</g>${legs}`;
}

function drawLying(random: Random, cat: boolean, coat: Coat): string {
	const long = random.between(60, 80);
	const [x, y] = [random.between(28, 52), 46];
	const paws = [-26, 6].map(
		(at) =>
			svg`<rect x="${at - 14}" y="${y + 13}" width="${random.between(36, 46)}" height="15" rx="7.5" fill="url(#pale)" stroke="${coat.dark}" stroke-width="0.8"/>`,
	);
	return svg`${drawTail(random, cat, coat, x + long * 0.88, y + 8)}<g transform="translate(${x} ${y})">${drawFur(random, coat, "body", long, 31)}</g><ellipse cx="${x + long * 0.55}" cy="${y + 10}" rx="26" ry="20" fill="url(#fur)" stroke="${coat.dark}" stroke-width="0.6"/>${paws}`;
}

function drawStanding(random: Random, cat: boolean, coat: Coat): string {
	const long = random.between(56, 72);
	const [x, y] = [long * 0.85, random.between(36, 46)];
	const high = cat ? random.between(22, 28) : random.between(25, 32);
	const legs = cat ? random.between(34, 44) : random.between(38, 60);
	const pair = (at: number) =>
		drawLeg(
			coat,
			x + long * (at + 0.12),
			y + high * 0.2,
			legs + high * 0.5,
			12,
		) +
		drawLeg(
			coat,
			x + long * at,
			y + high * 0.2,
			legs + high * 0.6,
			cat ? 13 : 15,
		);
	return svg`${drawTail(random, cat, coat, x + long * 0.9, y - 8)}${pair(-0.72)}${pair(0.62)}<path d="M-24 0 L22 -24 L${x} ${y - high} L${x - long * 0.5} ${y + high * 0.8}Z" fill="url(#fur)"/><g transform="translate(${x} ${y})">${drawFur(random, coat, "body", long, high)}</g>`;
}
