import { type Coat, drawCoat, drawPattern } from "./coat";
import { drawHead, type Species } from "./face";
import type { Random } from "./random";
import { drawForeground, drawScene } from "./scene";

/** A drawing of one animal somewhere in a scene: an SVG document of about 200 x 200 pixels. */
export function drawAnimal(random: Random, species: Species): string {
	const width = Math.round(random.between(150, 260));
	const height = Math.round(random.between(150, 240));
	const coat = drawCoat(random);
	const scale = (Math.min(width, height) / 200) * random.between(0.62, 1.35);
	const x = width / 2 + random.between(-0.14, 0.14) * width;
	const y = height * random.between(0.36, 0.56);
	const tilt = random.between(-28, 28);
	const stretch = random.between(0.85, 1.15);
	const mirror = random.chance(0.5) ? -1 : 1;
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
${drawScene(random, width, height)}
<g transform="translate(${x} ${y}) scale(${mirror * scale * stretch} ${scale})">
${drawBody(random, species, coat)}
<g transform="rotate(${tilt})">${drawHead(random, species, coat, "head")}</g>
</g>
${drawForeground(random, width, height)}
</svg>`;
}

/** A body that sits or lies below a head at (0, 0), with a tail. */
function drawBody(random: Random, species: Species, coat: Coat): string {
	const cat = species === "cat";
	const lying = random.chance(0.4);
	const [x, y] = lying
		? [random.between(25, 50), 48]
		: [random.between(-8, 8), 72];
	const [rx, ry] = lying
		? [random.between(58, 78), 30]
		: [random.between(30, 44), random.between(46, 60)];
	const thick = cat ? random.between(5, 9) : random.between(7, 13);
	const [tx, ty] = [x + rx * 0.85, y + ry * 0.2];
	const tail = `<path d="M${tx} ${ty} q${random.between(20, 45)} ${random.between(-10, 20)} ${random.between(15, 45)} ${random.between(-70, cat ? -20 : -5)}" stroke="${coat.dark}" stroke-width="${thick}" fill="none" stroke-linecap="round"/>`;
	const legs = lying
		? `<rect x="${-30}" y="${y + 12}" width="56" height="17" rx="8" fill="${coat.light}"/>`
		: [-1, 1]
				.map(
					(side) =>
						`<rect x="${x + side * 16 - 8}" y="${y + 10}" width="16" height="${ry}" rx="8" fill="${coat.base}" stroke="${coat.dark}" stroke-width="1.2"/>`,
				)
				.join("");
	return `${tail}<g transform="translate(${x} ${y})"><clipPath id="body"><ellipse rx="${rx}" ry="${ry}"/></clipPath><ellipse rx="${rx}" ry="${ry}" fill="${coat.base}"/><g clip-path="url(#body)">${drawPattern(random, coat, rx, ry)}</g></g>${legs}`;
}
