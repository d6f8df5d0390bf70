import type { Coat } from "./coat";
import type { Random } from "./random";
import { bothSides, svg } from "./svg";

/** The two classes of the data set. */
export type Species = "cat" | "dog";

/** SVG of the ears, in two layers: behind and in front of the head. */
export interface Ears {
	readonly behind: string;
	readonly before: string;
}

/**
 * Draws the ears of a head; `width` and `height` are half of its size. Nine in ten cats and a third of the dogs
 * have pricked ears; other cats' are folded, other dogs' hang.
 */
export function drawEars(
	random: Random,
	species: Species,
	coat: Coat,
	width: number,
	height: number,
): Ears {
	const cat = species === "cat";
	if (random.chance(cat ? 0.92 : 0.33)) {
		return {
			behind: drawPricked(random, cat, coat, width, height),
			before: "",
		};
	}
	return {
		behind: "",
		before: cat
			? drawFolded(width, height)
			: drawHanging(random, coat, width, height),
	};
}

function drawPricked(
	random: Random,
	cat: boolean,
	{ dark }: Coat,
	width: number,
	height: number,
): string {
	const fill = random.pick(["url(#fur)", dark]);
	const inner = random.pick(["hsl(350 38% 68%)", "hsl(15 25% 45%)"]);
	const tall = height * random.between(0.8, 1.05);
	const half =
		width * (cat ? random.between(0.32, 0.4) : random.between(0.24, 0.34));
	// The tips of some dogs' ears fold forward.
	const bent = !cat && random.chance(0.35);
	const spread = random.between(2, 12);
	return bothSides((side) => {
		const x = side * width * 0.58;
		const [foot, tip] = [-height * 0.45, -height * 0.55 - tall];
		const lean = x + side * spread;
		const shape = (size: number) =>
			svg`M${x - half * size} ${foot} Q${x - half * 0.8 * size} ${foot - tall * 0.6 * size} ${lean} ${foot + (tip - foot) * size} Q${x + half * 0.95 * size} ${foot - tall * 0.5 * size} ${x + half * size} ${foot} Z`;
		const flap = bent
			? svg`<path d="M${lean - half * 0.65} ${tip + tall * 0.42} Q${lean} ${tip - 4} ${lean + half * 0.65} ${tip + tall * 0.42} L${lean + side * 5} ${tip + tall * 0.85} Z" fill="${dark}"/>`
			: "";
		return svg`<path d="${shape(1)}" fill="${fill}" stroke="${fill}" stroke-width="3" stroke-linejoin="round"/><path d="${shape(0.62)}" fill="${inner}"/>${flap}`;
	});
}

/** Draws ears folded forward, like a Scottish Fold's. */
function drawFolded(width: number, height: number): string {
	return bothSides(
		(side) =>
			svg`<path d="M${side * width * 0.28} ${-height * 0.9} Q${side * width * 0.75} ${-height * 1.25} ${side * width * 0.92} ${-height * 0.5} Q${side * width * 0.6} ${-height * 0.45} ${side * width * 0.28} ${-height * 0.9}Z" fill="url(#shade)"/>`,
	);
}

function drawHanging(
	random: Random,
	{ dark, light, hair }: Coat,
	width: number,
	height: number,
): string {
	const fill = random.pick(["url(#fur)", "url(#shade)"]);
	const long = height * random.between(0.75, 1.75);
	const broad = width * random.between(0.4, 0.6);
	const out = random.between(0, 12);
	return bothSides((side) => {
		const x = side * width * 0.72;
		const y = -height * 0.72;
		const edge = x + side * (broad + out);
		const strands = [0.25, 0.45, 0.65, 0.85].map(
			(at) =>
				svg`M${x + side * broad * at} ${y + long * 0.25}q${side * out * 0.4} ${long * 0.3} ${side * random.between(-3, 5)} ${long * 0.5}`,
		);
		return svg`<path d="M${x - side * broad * 0.3} ${y} C${edge} ${y - height * 0.15} ${edge + side * 4} ${y + long * 0.5} ${x + side * (out + broad * 0.45)} ${y + long} C${x + side * out * 0.4} ${y + long * 1.05} ${x + side * broad * 0.1} ${y + long * 0.6} ${x - side * broad * 0.3} ${y}Z" fill="${fill}" stroke="${dark}" stroke-width="1.2"/><path d="${strands}" stroke="${random.pick([dark, light])}" stroke-width="${hair / 7}" opacity="0.5" fill="none"/>`;
	});
}
