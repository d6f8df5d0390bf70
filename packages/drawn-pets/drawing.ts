import { drawBody, type Pose } from "./body";
import { defineFills, drawCoat } from "./coat";
import type { Species } from "./ears";
import { drawFace } from "./face";
import { drawProfile } from "./profile";
import type { Random } from "./random";
import { drawForeground, drawScene } from "./scene";
import { svg } from "./svg";

const poses: readonly Pose[] = ["sitting", "sitting", "lying", "standing"];

/** Draws one animal in a scene: an SVG document of 170–270 x 160–250 pixels. */
export function drawAnimal(random: Random, species: Species): string {
	const width = Math.round(random.between(170, 270));
	const height = Math.round(random.between(160, 250));
	const coat = drawCoat(random);
	const pose = random.pick(poses);
	const drawHead = random.chance(0.14) ? drawProfile : drawFace;
	const scale =
		(Math.min(width, height) / 200) *
		random.between(0.7, pose === "standing" ? 1.2 : 1.6);
	const mirror = random.chance(0.5) ? -1 : 1;
	// Lying and standing bodies extend to the right of the head.
	const shift = pose === "sitting" ? 0 : -0.14 * mirror;
	const x = width * (0.5 + shift + random.between(-0.28, 0.28));
	const y = height * random.between(0.27, 0.67);
	return svg`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
${defineFills(coat)}${drawScene(random, width, height)}
<g transform="translate(${x} ${y}) rotate(${random.between(-18, 18)}) scale(${mirror * scale * random.between(0.9, 1.1)} ${scale})">
${drawBody(random, species, coat, pose)}
<g transform="rotate(${random.between(-20, 20)})">${drawHead(random, species, coat)}</g>
</g>
${drawForeground(random, width, height)}
</svg>`;
}
