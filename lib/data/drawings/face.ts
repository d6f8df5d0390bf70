import { type Coat, drawPattern } from "./coat";
import type { Random } from "./random";

export type Species = "cat" | "dog";

/**
 * A head around (0, 0), about 50 to every side, as SVG.
 *
 * Every feature overlaps between the species, so that none alone decides: a tenth of the cats have folded ears, a
 * third of the dogs pricked ones; a dog's muzzle may be short, a cat's broad.
 */
export function drawHead(
	random: Random,
	species: Species,
	coat: Coat,
	clip: string,
): string {
	const cat = species === "cat";
	const width = cat ? random.between(42, 52) : random.between(36, 48);
	const height = cat ? random.between(36, 44) : random.between(40, 52);
	const head = `<ellipse cx="0" cy="0" rx="${width}" ry="${height}" fill="${coat.base}"/>`;
	const ears = drawEars(random, species, coat, width, height);
	return [
		ears.behind,
		head,
		`<clipPath id="${clip}"><ellipse cx="0" cy="0" rx="${width}" ry="${height}"/></clipPath>`,
		`<g clip-path="url(#${clip})">${drawPattern(random, coat, width, height)}</g>`,
		drawMuzzle(random, species, coat, height),
		drawEyes(random, species, width, height),
		ears.before,
	].join("");
}

function drawEars(
	random: Random,
	species: Species,
	{ base, dark }: Coat,
	width: number,
	height: number,
): { behind: string; before: string } {
	const pricked = random.chance(species === "cat" ? 0.9 : 0.33);
	const color = random.chance(0.5) ? base : dark;
	const inner = "hsl(350 40% 70%)";
	if (pricked) {
		const tall = height * random.between(0.75, 1.05);
		const half = width * random.between(0.26, 0.36);
		const ear = (side: number) => {
			const x = side * width * 0.6;
			const tip = `${x + side * random.between(2, 8)} ${-height * 0.55 - tall}`;
			const at = -height * 0.5;
			return (
				`<path d="M${x - half} ${at} L${tip} L${x + half} ${at} Z" fill="${color}" stroke="${color}" stroke-width="4" stroke-linejoin="round"/>` +
				`<path d="M${x - half * 0.5} ${at} L${x + side * 4} ${-height * 0.5 - tall * 0.7} L${x + half * 0.5} ${at} Z" fill="${inner}"/>`
			);
		};
		return { behind: ear(-1) + ear(1), before: "" };
	}
	if (species === "cat") {
		// Folded forward, as in a Scottish Fold.
		const ear = (side: number) =>
			`<ellipse cx="${side * width * 0.62}" cy="${-height * 0.72}" rx="${width * 0.26}" ry="${height * 0.22}" fill="${dark}" transform="rotate(${side * 30} ${side * width * 0.62} ${-height * 0.72})"/>`;
		return { behind: "", before: ear(-1) + ear(1) };
	}
	const long = height * random.between(0.5, 1);
	const ear = (side: number) =>
		`<ellipse cx="${side * width * 0.95}" cy="${-height * 0.4 + long * 0.6}" rx="${width * 0.28}" ry="${long * 0.9}" fill="${dark}" transform="rotate(${-side * random.between(5, 22)} ${side * width * 0.95} ${-height * 0.4})"/>`;
	return { behind: "", before: ear(-1) + ear(1) };
}

function drawMuzzle(
	random: Random,
	species: Species,
	{ light, base }: Coat,
	height: number,
): string {
	const cat = species === "cat";
	const size = cat ? random.between(11, 17) : random.between(15, 26);
	const y = height * (cat ? 0.38 : 0.45);
	const nose = cat ? random.between(3.5, 6) : random.between(6, 11);
	const noseColor = random.chance(cat ? 0.7 : 0.12)
		? "hsl(350 50% 62%)"
		: "hsl(20 10% 12%)";
	const mouth = `<path d="M0 ${y + nose} v${size * 0.35} m0 0 q${-size * 0.4} ${size * 0.4} ${-size * 0.75} 0 m${size * 0.75} 0 q${size * 0.4} ${size * 0.4} ${size * 0.75} 0" stroke="hsl(20 20% 15%)" stroke-width="1.6" fill="none" stroke-linecap="round"/>`;
	const tongue = random.chance(cat ? 0.04 : 0.45)
		? `<ellipse cx="0" cy="${y + nose + size * 0.75}" rx="${size * 0.28}" ry="${size * 0.5}" fill="hsl(352 65% 65%)"/>`
		: "";
	const cheeks = cat
		? [-1, 1]
				.map(
					(side) =>
						`<ellipse cx="${side * size * 0.55}" cy="${y + size * 0.4}" rx="${size * 0.7}" ry="${size * 0.55}" fill="${light}"/>`,
				)
				.join("")
		: `<ellipse cx="0" cy="${y + size * 0.3}" rx="${size}" ry="${size * random.between(0.75, 1.05)}" fill="${random.chance(0.7) ? light : base}"/>`;
	const whiskers = random.chance(cat ? 0.75 : 0.05)
		? [-1, 1]
				.flatMap((side) =>
					[-5, 1, 7].map(
						(dy) =>
							`<path d="M${side * size * 0.7} ${y + 5 + dy * 0.4} l${side * 30} ${dy}" stroke="hsl(0 0% 85%)" stroke-width="0.9"/>`,
					),
				)
				.join("")
		: "";
	const tip = cat
		? `<path d="M${-nose} ${y} h${2 * nose} l${-nose} ${nose * 1.2} Z" fill="${noseColor}" stroke="${noseColor}" stroke-linejoin="round" stroke-width="1.5"/>`
		: `<ellipse cx="0" cy="${y}" rx="${nose}" ry="${nose * 0.75}" fill="${noseColor}"/>`;
	return cheeks + tongue + mouth + tip + whiskers;
}

function drawEyes(
	random: Random,
	species: Species,
	width: number,
	height: number,
): string {
	const cat = species === "cat";
	const size = random.between(5, 9);
	const y = -height * random.between(0.02, 0.16);
	const closed = random.chance(0.08);
	const iris = random.chance(cat ? 0.8 : 0.12)
		? random.pick(["hsl(95 45% 55%)", "hsl(48 80% 55%)", "hsl(200 55% 60%)"])
		: "hsl(24 50% 25%)";
	const pupil = cat && random.chance(0.6) ? size * 0.25 : size * 0.6;
	return [-1, 1]
		.map((side) => {
			const x = side * width * 0.42;
			if (closed)
				return `<path d="M${x - size} ${y} q${size} ${size} ${2 * size} 0" stroke="hsl(20 20% 12%)" stroke-width="2" fill="none"/>`;
			return (
				`<ellipse cx="${x}" cy="${y}" rx="${size}" ry="${size * (cat ? 0.85 : 0.95)}" fill="${iris}" stroke="hsl(20 20% 12%)" stroke-width="1.4"/>` +
				`<ellipse cx="${x}" cy="${y}" rx="${pupil}" ry="${size * 0.75}" fill="hsl(0 0% 6%)"/>` +
				`<circle cx="${x - size * 0.25}" cy="${y - size * 0.3}" r="${size * 0.2}" fill="white"/>`
			);
		})
		.join("");
}
