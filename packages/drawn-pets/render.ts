import sharp from "sharp";
import type { Random } from "./random";

/** The JFIF segment, which libvips does not write: version 1.1, no pixel density, no thumbnail. */
const jfif = Buffer.from("ffe000104a46494600010100000100010000", "hex");

/**
 * Renders an SVG document like a snapshot: brighter or darker, sometimes blurred, noisy, and compressed as JPEG.
 *
 * @returns a JPEG file with a JFIF header
 */
export async function photograph(random: Random, svg: string): Promise<Buffer> {
	// All random numbers are drawn before the first await, so that they depend only on the seed.
	const blur = random.chance(0.35) ? random.between(0.4, 1) : 0;
	const develop = createDevelop(random);
	const quality = Math.round(random.between(65, 92));
	const image = sharp(Buffer.from(svg)).removeAlpha();
	if (blur > 0) image.blur(blur);
	const { data, info } = await image
		.raw()
		.toBuffer({ resolveWithObject: true });
	develop(data);
	const { width, height } = info;
	const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
		.jpeg({ quality })
		.toBuffer();
	return Buffer.concat([jpeg.subarray(0, 2), jfif, jpeg.subarray(2)]);
}

/** Changes brightness, saturation and noise of RGB pixels in place; sharp's `modulate` is much slower. */
function createDevelop(random: Random): (pixels: Uint8Array) => void {
	const noise = random.between(1, 8);
	const brightness = random.between(0.7, 1.35);
	const saturation = random.between(0.4, 1.25);
	// Noise needs fast and reproducible random numbers, not good ones: a linear congruential generator (Numerical Recipes).
	let state = Math.round(noise * 1e6);
	return (pixels) => {
		for (let i = 0; i < pixels.length; i += 3) {
			const grey = (at(pixels, i) + at(pixels, i + 1) + at(pixels, i + 2)) / 3;
			for (let c = i; c < i + 3; c++) {
				state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
				const grain = (state / 2 ** 32 - 0.5) * 2 * noise;
				const color = grey + (at(pixels, c) - grey) * saturation;
				pixels[c] = Math.min(255, Math.max(0, color * brightness + grain));
			}
		}
	};
}

const at = (pixels: Uint8Array, index: number) => pixels[index] as number;
