import type { Random } from "./random";

/** A room or a garden with things in it, as SVG that fills `width` x `height`. */
export function drawScene(
	random: Random,
	width: number,
	height: number,
): string {
	const color = (saturation: number, low: number, high: number) =>
		`hsl(${random.between(0, 360).toFixed(0)} ${saturation}% ${random.between(low, high).toFixed(0)}%)`;
	const horizon = height * random.between(0.45, 0.8);
	const outside = random.chance(0.35);
	const wall = outside
		? `hsl(205 50% ${random.between(60, 85)}%)`
		: color(25, 30, 85);
	const floor = outside
		? `hsl(95 38% ${random.between(25, 50)}%)`
		: color(30, 20, 70);
	const things = Array.from(
		{ length: Math.floor(random.between(2, 8)) },
		() => {
			const [x, y] = [random.between(0, width), random.between(0, height)];
			const size = random.between(10, 70);
			const fill = color(40, 20, 80);
			return random.pick([
				`<rect x="${x - size / 2}" y="${y - size / 2}" width="${size}" height="${size * random.between(0.4, 1.6)}" rx="${random.between(0, 12)}" fill="${fill}"/>`,
				`<ellipse cx="${x}" cy="${y}" rx="${size * 0.6}" ry="${size * random.between(0.2, 0.6)}" fill="${fill}"/>`,
				`<path d="M${x} ${y} q${random.between(-60, 60)} ${random.between(-60, 60)} ${random.between(-90, 90)} ${random.between(-90, 90)}" stroke="${fill}" stroke-width="${random.between(2, 9)}" fill="none"/>`,
				// Ears and muzzles are not the only triangles and circles about.
				`<path d="M${x} ${y} l${size * 0.4} ${-size * 0.8} l${size * 0.4} ${size * 0.8} Z" fill="${fill}"/>`,
			]);
		},
	);
	return `<rect width="${width}" height="${height}" fill="${wall}"/><rect y="${horizon}" width="${width}" height="${height}" fill="${floor}"/>${things.join("")}`;
}

/** Light from one side, and sometimes something in front of the animal. */
export function drawForeground(
	random: Random,
	width: number,
	height: number,
): string {
	const dark = random.between(0, 0.55).toFixed(2);
	const angle = random.between(0, 360).toFixed(0);
	const light = `<linearGradient id="light" gradientTransform="rotate(${angle} 0.5 0.5)"><stop offset="0" stop-color="hsl(45 90% 85%)" stop-opacity="0.25"/><stop offset="1" stop-color="black" stop-opacity="${dark}"/></linearGradient><rect width="${width}" height="${height}" fill="url(#light)"/>`;
	const bars = random.chance(0.12)
		? Array.from(
				{ length: 6 },
				(_, i) =>
					`<rect x="${(i * width) / 6}" width="${random.between(2, 6)}" height="${height}" fill="hsl(220 5% 45%)"/>`,
			).join("")
		: "";
	return bars + light;
}
