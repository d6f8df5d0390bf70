import sharp from "sharp";
import { decodeImage } from "../data/decode";
import type { Example, Image, Label } from "../data/example";

/** An example's picture as a PNG of `size` x `size` pixels: its preprocessed image if it has one, else what is stored. */
export async function toThumbnail(
	example: Example<Label> & { readonly image?: Image },
	size: number,
): Promise<Buffer> {
	const image = example.image
		? toBytes(example.image)
		: await decodeImage(await example.read(), example.id);
	const [height, width, channels] = image.shape;
	return sharp(image.data, { raw: { height, width, channels: channels as 3 } })
		.resize(size, size, { fit: "contain", background: "#eeeeee" })
		.png()
		.toBuffer();
}

/** Undoes the scaling of `preprocess`: a value below 0 tells that it was to [-1, 1]. */
function toBytes({ data, shape }: Image): Image<Uint8Array> {
	const signed = data.some((value) => value < 0);
	const bytes = Uint8Array.from(data, (value) =>
		Math.round((signed ? (value + 1) / 2 : value) * 255),
	);
	return { data: bytes, shape };
}
