import sharp from "sharp";
import type { Image } from "../dataset/example";
import { TransferLearningError } from "../errors";
import { decodeImage } from "../image/decode";
import type { Element } from "./grid_choice";
import { toBytes, type ValueRange } from "./grid_values";

/** What is behind an image. */
const background = "#eeeeee";

/**
 * An element's image as a PNG of `size` x `size` pixels: its preprocessed image if it has one, else what is stored.
 *
 * @param range of the values of preprocessed images
 * @throws TransferLearningError if the image cannot be read, or the image has other than 1 (grey), 3 (RGB) or 4 (RGBA) channels.
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
			`${id} has an image of ${channels} channels, and a grid shows those of 1, 3 or 4 (grey, RGB, RGBA). Map the data set to some of its channels first.`,
		);
	}
	if (data.length !== height * width * channels) {
		throw new TransferLearningError(
			`${id} has an image of ${data.length} values whose shape is ${shape.join(" x ")}. Let the map that made it give [height, width, channels] of its data.`,
		);
	}
}
