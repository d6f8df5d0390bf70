import type { Random } from "./random";
import { svg } from "./svg";
import { drawThings } from "./things";

type Place = (
	random: Random,
	width: number,
	height: number,
	horizon: number,
) => string;

/** Draws a place with things in it, `width` x `height` pixels. */
export function drawScene(
	random: Random,
	width: number,
	height: number,
): string {
	const horizon = height * random.between(0.4, 0.75);
	const place = random.pick([
		drawLawn,
		drawRoom,
		drawRoom,
		drawSofa,
		drawBlanket,
	]);
	return (
		place(random, width, height, horizon) +
		drawThings(random, width, height, horizon)
	);
}

const paint = (random: Random, saturation: number, low: number, high: number) =>
	svg`hsl(${random.between(0, 360)} ${random.between(5, saturation)}% ${random.between(low, high)}%)`;

const drawLawn: Place = (random, width, height, horizon) => {
	const green = random.between(70, 115);
	const light = random.between(24, 48);
	const blades = (lighter: number) =>
		svg`<path d="${Array.from({ length: 90 }, () => svg`M${random.between(0, width)} ${random.between(horizon, height + 8)}q${random.between(-3, 3)} -6 ${random.between(-6, 6)} ${random.between(-16, -6)}`)}" stroke="hsl(${green} 40% ${light + lighter}%)" stroke-width="1.3" fill="none"/>`;
	const trees = Array.from({ length: 3 }, () => {
		const [x, size] = [random.between(0, width), random.between(15, 45)];
		const leaves = random.chance(0.5)
			? svg`<circle cx="${x}" cy="${horizon - size}" r="${size * 0.7}"`
			: svg`<path d="M${x - size * 0.5} ${horizon - size * 0.3} L${x} ${horizon - size * 2} L${x + size * 0.5} ${horizon - size * 0.3}Z"`;
		return svg`<rect x="${x - 3}" y="${horizon - size * 0.5}" width="6" height="${size * 0.5}" fill="hsl(25 35% 28%)"/>${leaves} fill="hsl(${green + 20} 35% ${random.between(20, 38)}%)"/>`;
	});
	return svg`<rect width="${width}" height="${height}" fill="hsl(205 ${random.between(15, 60)}% ${random.between(60, 88)}%)"/>${trees}<rect y="${horizon}" width="${width}" height="${height}" fill="hsl(${green} 38% ${light}%)"/>${blades(-9)}${blades(9)}`;
};

const drawRoom: Place = (random, width, height, horizon) => {
	const wall = paint(random, 40, 40, 88);
	const floor = svg`hsl(${random.between(18, 38)} ${random.between(10, 45)}% ${random.between(28, 65)}%)`;
	const step = random.between(9, 26);
	const lines = Array.from(
		{ length: Math.ceil(width / step) },
		(_, i) => i * step,
	);
	const paper = random.chance(0.4)
		? svg`<path d="${lines.map((x) => svg`M${x} 0V${horizon}`)}" stroke="${paint(random, 40, 35, 85)}" stroke-width="${step * random.between(0.1, 0.5)}"/>`
		: "";
	const boards = svg`<path d="${lines.map((x) => svg`M${x} ${horizon}L${(x - width / 2) * 2.2 + width / 2} ${height}`)}" stroke="black" opacity="0.25"/>`;
	const [x, y] = [
		random.between(0, width * 0.7),
		random.between(5, horizon * 0.3),
	];
	const [w, h] = [random.between(35, 80), horizon * random.between(0.4, 0.7)];
	const window = random.chance(0.5)
		? svg`<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="hsl(200 60% ${random.between(60, 90)}%)" stroke="white" stroke-width="5"/><path d="M${x + w / 2} ${y}v${h}M${x} ${y + h / 2}h${w}" stroke="white" stroke-width="3"/>`
		: "";
	return svg`<rect width="${width}" height="${height}" fill="${wall}"/>${paper}${window}<rect y="${horizon}" width="${width}" height="${height}" fill="${floor}"/>${random.chance(0.7) ? boards : ""}<rect y="${horizon - 6}" width="${width}" height="6" fill="${paint(random, 15, 70, 95)}"/>`;
};

const drawSofa: Place = (random, width, height, horizon) => {
	const hue = random.between(0, 360);
	const [s, l] = [random.between(10, 50), random.between(25, 65)];
	const cover = (lighter: number) => svg`hsl(${hue} ${s}% ${l + lighter}%)`;
	const top = horizon - height * random.between(0.3, 0.45);
	return svg`<rect width="${width}" height="${height}" fill="${paint(random, 35, 45, 88)}"/><rect x="-10" y="${top}" width="${width / 2 + 12}" height="${height}" rx="16" fill="${cover(0)}" stroke="${cover(-9)}"/><rect x="${width / 2}" y="${top}" width="${width / 2 + 12}" height="${height}" rx="16" fill="${cover(0)}" stroke="${cover(-9)}"/><rect x="-10" y="${horizon}" width="${width + 20}" height="${height}" rx="12" fill="${cover(8)}" stroke="${cover(-9)}"/>`;
};

const drawBlanket: Place = (random, width, height) => {
	const step = random.between(14, 40);
	const at = Array.from({ length: 24 }, (_, i) => i * step);
	const band = (d: string[], color: string) =>
		svg`<path d="${d}" stroke="${color}" stroke-width="${step * random.between(0.1, 0.45)}" opacity="0.55"/>`;
	return svg`<rect width="${width}" height="${height}" fill="${paint(random, 45, 30, 85)}"/><g transform="rotate(${random.between(-30, 30)} ${width / 2} ${height / 2})">${band(
		at.map((x) => svg`M${x - 60} -90V500`),
		paint(random, 50, 25, 85),
	)}${band(
		at.map((y) => svg`M-90 ${y - 60}H500`),
		paint(random, 50, 25, 85),
	)}</g>`;
};

/** Draws light from one side, and sometimes bars in front of the animal. */
export function drawForeground(
	random: Random,
	width: number,
	height: number,
): string {
	const gap = width / random.between(4, 7);
	const bars = random.chance(0.06)
		? svg`<path d="${[0, 1, 2, 3, 4, 5, 6, 7].map((i) => svg`M${i * gap} 0V${height}`)}" stroke="hsl(220 6% 50%)" stroke-width="${random.between(2, 5)}"/>`
		: "";
	const cast = svg`<rect width="${width}" height="${height}" fill="${random.pick(["hsl(35 90% 50%)", "hsl(215 80% 45%)"])}" opacity="${random.between(0, 0.3)}"/>`;
	return svg`${bars}${cast}<linearGradient id="light" gradientTransform="rotate(${random.between(0, 360)} 0.5 0.5)"><stop offset="0" stop-color="hsl(45 90% 85%)" stop-opacity="0.22"/><stop offset="1" stop-color="black" stop-opacity="${random.between(0, 0.4)}"/></linearGradient><rect width="${width}" height="${height}" fill="url(#light)"/>`;
}
