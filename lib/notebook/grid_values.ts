import type { Image } from "../dataset/example";

/** Which values of a grid's images are black and white. */
export interface ValueRange {
	readonly black: number;
	readonly white: number;
	/** What to tell of it: undefined where nothing was guessed or lost. */
	readonly note: string | undefined;
}

/**
 * Finds the range that images were scaled to, by the least and the greatest of all their values:
 *
 * | values | range |
 * |---|---|
 * | from 0 to 2 | [0, 1] |
 * | from 0 to more than 2 | [0, 255] |
 * | from -2 to 2, some below 0 | [-1, 1] |
 * | all others | from the least to the greatest |
 *
 * A note says so if values are outside of the range and will be cut, if it is stretched, if values that hardly go below
 * 0 leave a doubt, or if some are not numbers.
 */
export function detectRange(images: readonly Image[]): ValueRange {
	let [least, most, invalid] = [
		Number.POSITIVE_INFINITY,
		Number.NEGATIVE_INFINITY,
		0,
	];
	for (const { data } of images) {
		for (const value of data) {
			if (!Number.isFinite(value)) invalid++;
			else {
				if (value < least) least = value;
				if (value > most) most = value;
			}
		}
	}
	// There are no numbers at all.
	if (least > most) [least, most] = [0, 0];
	const [black, white] = guessRange(least, most);
	const isCut = least < black || most > white;
	const isStretched = least < -2 || (least < 0 && most > 2);
	const isDoubtful = black === -1 && least > -0.5;
	const notes = [
		...(isCut || isStretched || isDoubtful
			? [
					`values from ${format(least)} to ${format(most)}, shown with ${format(black)} as black and ${format(white)} as white`,
				]
			: []),
		...(invalid > 0
			? [`${invalid} values that are not numbers, shown as black`]
			: []),
	];
	return { black, white, note: notes.join("; ") || undefined };
}

function guessRange(least: number, most: number): [number, number] {
	// Brighter or of more contrast than 0–1, but as 0–255 it would be black.
	if (least >= 0) return most <= 2 ? [0, 1] : [0, 255];
	return least >= -2 && most <= 2 ? [-1, 1] : [least, most];
}

/** An image's values as bytes. What is outside of the range is cut, what is not a number black. */
export function toBytes(
	{ data, shape }: Image,
	{ black, white }: ValueRange,
): Image<Uint8Array> {
	const scale = 255 / (white - black);
	const bytes = Uint8ClampedArray.from(data, (value) =>
		Number.isFinite(value) ? (value - black) * scale : 0,
	);
	return { data: new Uint8Array(bytes.buffer), shape };
}

function format(value: number): string {
	return String(Number(value.toPrecision(3)));
}
