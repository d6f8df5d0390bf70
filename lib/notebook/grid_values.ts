import type { Image } from "../dataset/example";

/** The pixel values that a grid shows as black and white. */
export interface ValueRange {
	readonly black: number;
	readonly white: number;
	/** What the viewer should know, or undefined if nothing was uncertain or lost. */
	readonly note: string | undefined;
}

/**
 * Guesses the range that images were scaled to from the minimum and maximum of all their values:
 *
 * | minimum | maximum | range |
 * |---|---|---|
 * | at least 0 | at most 2 | [0, 1] |
 * | at least 0 | above 2 | [0, 255] |
 * | from -2 to below 0 | at most 2 | [-1, 1] |
 * | any other | | from the minimum to the maximum |
 *
 * The note says whether values are clipped or stretched, whether the guess is uncertain because the minimum is only just
 * below 0, and how many values are not finite.
 */
export function detectRange(images: readonly Image[]): ValueRange {
	let [min, max, invalid] = [
		Number.POSITIVE_INFINITY,
		Number.NEGATIVE_INFINITY,
		0,
	];
	for (const { data } of images) {
		for (const value of data) {
			if (!Number.isFinite(value)) invalid++;
			else {
				if (value < min) min = value;
				if (value > max) max = value;
			}
		}
	}
	// No value is finite.
	if (min > max) [min, max] = [0, 0];
	const [black, white] = guessRange(min, max);
	const isClipped = min < black || max > white;
	const isStretched = min < -2 || (min < 0 && max > 2);
	const isUncertain = black === -1 && min > -0.5;
	const notes = [
		...(isClipped || isStretched || isUncertain
			? [
					`values from ${format(min)} to ${format(max)}, shown with ${format(black)} as black and ${format(white)} as white`,
				]
			: []),
		...(invalid > 0
			? [`${invalid} values that are not numbers, shown as black`]
			: []),
	];
	return { black, white, note: notes.join("; ") || undefined };
}

function guessRange(min: number, max: number): [number, number] {
	// Augmentation may exceed 1, and values up to 2 would look black as 0–255.
	if (min >= 0) return max <= 2 ? [0, 1] : [0, 255];
	return min >= -2 && max <= 2 ? [-1, 1] : [min, max];
}

/** Converts an image's values to bytes. Values outside the range are clipped; values that are not finite become black. */
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
