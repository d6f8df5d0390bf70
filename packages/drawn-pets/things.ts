import type { Random } from "./random";
import { svg } from "./svg";

type Thing = (random: Random, color: string, size: number) => string;

const drawBall: Thing = (_, color, size) =>
	svg`<circle r="${size * 0.4}" fill="${color}"/><path d="M${-size * 0.38} -2 Q0 ${size * 0.2} ${size * 0.38} -2" stroke="white" stroke-width="2" fill="none" opacity="0.7"/>`;

const drawBowl: Thing = (_, color, size) =>
	svg`<path d="M${-size * 0.6} 0 H${size * 0.6} L${size * 0.45} ${size * 0.4} H${-size * 0.45}Z" fill="${color}"/><ellipse rx="${size * 0.6}" ry="${size * 0.14}" fill="hsl(25 40% 30%)"/>`;

/** Its leaves are as pointed as ears, so that pointed shapes alone do not mean a cat. */
const drawPlant: Thing = (random, color, size) =>
	svg`${[-2, -1, 0, 1, 2].map((i) => svg`<path d="M0 0 Q${i * size * 0.4 - 6} ${-size * 0.5} ${i * size * 0.3} ${-size * random.between(0.8, 1.2)} Q${i * size * 0.4 + 8} ${-size * 0.5} 0 0Z" fill="hsl(${random.between(85, 140)} 38% ${random.between(22, 45)}%)"/>`)}<path d="M${-size * 0.3} 0 H${size * 0.3} L${size * 0.2} ${size * 0.45} H${-size * 0.2}Z" fill="${color}"/>`;

const drawCushion: Thing = (_, color, size) =>
	svg`<path d="M${-size * 0.7} ${-size * 0.5} Q0 ${-size * 0.35} ${size * 0.7} ${-size * 0.5} Q${size * 0.55} 0 ${size * 0.7} ${size * 0.5} Q0 ${size * 0.35} ${-size * 0.7} ${size * 0.5} Q${-size * 0.55} 0 ${-size * 0.7} ${-size * 0.5}Z" fill="${color}"/>`;

const drawBox: Thing = (_, color, size) =>
	svg`<rect x="${-size * 0.6}" y="${-size * 0.4}" width="${size * 1.2}" height="${size * 0.8}" fill="${color}"/><path d="M${-size * 0.6} ${-size * 0.2}h${size * 1.2}" stroke="black" opacity="0.3"/>`;

const drawLamp: Thing = (_, color, size) =>
	svg`<path d="M0 0V${size * 1.5}" stroke="hsl(30 20% 25%)" stroke-width="3"/><path d="M${-size * 0.25} ${-size * 0.6} H${size * 0.25} L${size * 0.5} 0 H${-size * 0.5}Z" fill="${color}"/>`;

const drawYarn: Thing = (_, color, size) =>
	svg`<circle r="${size * 0.35}" fill="${color}"/><path d="M${-size * 0.3} 0 Q0 ${-size * 0.3} ${size * 0.3} 0 M${-size * 0.25} 6 Q0 ${-size * 0.15} ${size * 0.28} 8 M${size * 0.3} ${size * 0.1} q${size * 0.4} ${size * 0.4} ${size} ${size * 0.1}" stroke="black" opacity="0.35" stroke-width="1.5" fill="none"/>`;

const things: readonly Thing[] = [
	drawBall,
	drawBowl,
	drawPlant,
	drawCushion,
	drawBox,
	drawLamp,
	drawYarn,
];

/** Draws one to five things, on the floor or just above the horizon. */
export function drawThings(
	random: Random,
	width: number,
	height: number,
	horizon: number,
): string {
	return Array.from({ length: Math.floor(random.between(1, 6)) }, () => {
		const [x, y] = [
			random.between(0, width),
			random.between(horizon * 0.85, height),
		];
		const color = svg`hsl(${random.between(0, 360)} ${random.between(15, 55)}% ${random.between(20, 75)}%)`;
		const thing = random.pick(things);
		return svg`<g transform="translate(${x} ${y}) rotate(${random.between(-12, 12)})">${thing(random, color, random.between(20, 60))}</g>`;
	}).join("");
}
