import sharp from "sharp";
import type { Image } from "../dataset/example";
import { TransferLearningError } from "../errors";
import { decodeImage } from "../image/decode";
import type { Element } from "./grid_choice";
import { toBytes, type ValueRange } from "./grid_values";

/** Shown around and behind an image. */
const background = "#eeeeee";

/**
 * Renders an element as a PNG of `size` x `size` pixels: its preprocessed image if it has one, else the stored one.
 *
 * @param range the values of preprocessed images that become black and white
 * @throws TransferLearningError if the image cannot be read, or does not have 1 (grey), 3 (RGB) or 4 (RGBA) channels.
 */
export async function toThumbnail(
	{ id, image, read }: Element,
	range: ValueRange,
	size: number,
): Promise<Buffer> {
	if (image) requireShowable(image, id);
	const { data, shape } = image
		? toBytes(image, range)
		: await decodeImage(await read(), id);
	const [height, width, channels] = shape;
	return sharp(data, {
		raw: { height, width, channels: channels as 1 | 3 | 4 },
	})
		.toColourspace("srgb")
		.flatten({ background })
		.resize(size, size, { fit: "contain", background })
		.png()
		.toBuffer();
}

function requireShowable({ data, shape }: Image, id: string): void {
	const [height, width, channels] = shape;
	if (![1, 3, 4].includes(channels)) {
		throw new TransferLearningError(
			`${id} has an image with ${channels} channels, but a grid can only show 1, 3 or 4 (grey, RGB, RGBA). Map the data set to images with some of the channels first.`,
		);
	}
	if (data.length !== height * width * channels) {
		throw new TransferLearningError(
			`${id} has an image with ${data.length} values, but its shape is ${shape.join(" x ")}. The map that made it must return the shape of its data as [height, width, channels].`,
		);
	}
}
