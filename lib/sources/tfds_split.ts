import { TransferLearningError } from "../errors";
import { type Range, roundHalfToEven } from "./tfds_order";

/**
 * Parses a split in the notation of TensorFlow Datasets: `train`, `train[:80%]`, `train[80%:90%]`, `train[-1000:]`, `train[:500]`.
 *
 * Percentages are rounded to whole examples as in Python, so that `train[:80%]` and `train[80%:]` neither overlap nor
 * miss an example. As there, a percent sign on one side applies to both.
 *
 * @param size the number of examples in `train`
 * @throws TransferLearningError if the notation is invalid, or if the range is empty or out of bounds.
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
			`"${split}" is not a split of this data set. Use train, or a part of it such as train[:80%], train[80%:] or train[:500].`,
		);
	}
	if (Math.abs(from) > size || Math.abs(to) > size) {
		throw new TransferLearningError(
			`The split "${split}" is out of range: train has ${size} examples.`,
		);
	}
	const fromEnd = (boundary: number) =>
		boundary < 0 ? size + boundary : boundary;
	const range = { from: fromEnd(from), to: fromEnd(to) };
	if (range.from >= range.to) {
		throw new TransferLearningError(
			`The split "${split}" is empty: of train's ${size} examples, it starts at ${range.from} and ends before ${range.to}.`,
		);
	}
	return range;
}
