import sharp from "sharp";
import type { Random } from "./random";

/** The first segment of a JFIF file, which libvips leaves out: version 1.1, pixels without a size, no thumbnail. */
const jfif = Buffer.from("ffe000104a46494600010100000100010000", "hex");

/**
 * Renders an SVG document as a camera would see it: a little blurred, noisy, and compressed as JPEG.
 *
 * @returns a JPEG file with a JFIF header
 */
export async function photograph(random: Random, svg: string): Promise<Buffer> {
	// All numbers are drawn before anything is awaited: the seed decides, not the order in which threads end.
	const blur = random.chance(0.6) ? random.between(0.4, 2.2) : 0;
	const noise = random.between(2, 18);
	const quality = Math.round(random.between(55, 92));
	const brightness = random.between(0.7, 1.2);
	const saturation = random.between(0.5, 1.15);
	const picture = sharp(Buffer.from(svg)).modulate({ brightness, saturation });
	if (blur > 0) picture.blur(blur);
	const { data, info } = await picture
		.removeAlpha()
		.raw()
		.toBuffer({ resolveWithObject: true });
	// Noise needs no good random numbers, but always the same: a linear congruential generator (Numerical Recipes).
	let state = Math.round(noise * 1e6) >>> 0;
	for (let i = 0; i < data.length; i++) {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		const value = (data[i] as number) + (state / 2 ** 32 - 0.5) * 2 * noise;
		data[i] = Math.min(255, Math.max(0, value));
	}
	const { width, height, channels } = info;
	const jpeg = await sharp(data, { raw: { width, height, channels } })
		.jpeg({ quality })
		.toBuffer();
	return Buffer.concat([jpeg.subarray(0, 2), jfif, jpeg.subarray(2)]);
}
