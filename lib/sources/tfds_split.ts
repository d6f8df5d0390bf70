import { TransferLearningError } from "../errors";
import { roundHalfToEven } from "./round";
import type { Range } from "./tfds_order";

/**
 * Reads a split as TensorFlow Datasets writes it: `train`, `train[:80%]`, `train[80%:90%]`, `train[-1000:]`, `train[:500]`.
 *
 * Percentages become whole examples by Python's rounding, so that `train[:80%]` and `train[80%:]` have nothing in
 * common and leave nothing out. A percent sign on one side counts for both, as there.
 *
 * @param size how many examples `train` has
 * @throws TransferLearningError if it is written in another way, asks for more than there is, or for nothing.
 * @see https://www.tensorflow.org/datasets/splits
 */
export function parseSplit(split: string, size: number): Range {
	if (split === "train") return { from: 0, to: size };
	const slice = /^train\[([^:\]]*):([^:\]]*)\]$/.exec(split)?.slice(1);
	const inPercent = slice?.some((boundary) => boundary.endsWith("%"));
	const count = (boundary: string, otherwise: number) => {
		if (boundary === "") return otherwise;
		const value = /^-?\d[\d_]*(\.\d+)?%?$/.test(boundary)
			? Number(boundary.replaceAll(/[_%]/g, ""))
			: Number.NaN;
		return inPercent ? roundHalfToEven((value * size) / 100) : value;
	};
	const [from, to] = [
		count(slice?.[0] ?? "", 0),
		count(slice?.[1] ?? "", size),
	];
	if (!slice?.join("") || !Number.isInteger(from) || !Number.isInteger(to)) {
		throw new TransferLearningError(
			`"${split}" is no split of this data set. Write train, or a part of it such as train[:80%], train[80%:] or train[:500].`,
		);
	}
	if (Math.abs(from) > size || Math.abs(to) > size) {
		throw new TransferLearningError(
			`The split "${split}" asks for more than there is: train has ${size} examples.`,
		);
	}
	const fromEnd = (boundary: number) =>
		boundary < 0 ? size + boundary : boundary;
	const range = { from: fromEnd(from), to: fromEnd(to) };
	if (range.from >= range.to) {
		throw new TransferLearningError(
			`The split "${split}" holds nothing: of train's ${size} examples it is those from ${range.from} up to ${range.to}.`,
		);
	}
	return range;
}
