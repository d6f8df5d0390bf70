import { TransferLearningError } from "../errors";
import type { Range } from "./order";
import { roundHalfToEven } from "./round";

/**
 * Reads a split as TensorFlow Datasets writes it: `train`, `train[:80%]`, `train[80%:90%]`, `train[-1000:]`, `train[:500]`.
 *
 * Percentages become whole examples by Python's rounding, so that `train[:80%]` and `train[80%:]` have nothing in
 * common and leave nothing out.
 *
 * @param size how many examples `train` has
 * @throws TransferLearningError if it is written in another way, or asks for more than there is.
 * @see https://www.tensorflow.org/datasets/splits
 */
export function parseSplit(split: string, size: number): Range {
	const match = /^train(?:\[([^:\]]*):([^:\]]*)\])?$/.exec(split);
	const [from, to] = [
		readBoundary(match?.[1] ?? "", size, 0),
		readBoundary(match?.[2] ?? "", size, size),
	];
	const empty = match?.[1] === "" && match[2] === "";
	if (!match || empty || from === undefined || to === undefined) {
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
	return { from: fromEnd(from), to: fromEnd(to) };
}

function readBoundary(
	text: string,
	size: number,
	otherwise: number,
): number | undefined {
	if (text === "") return otherwise;
	const match = /^(-?\d+(?:\.\d+)?)(%?)$/.exec(text);
	const value = Number(match?.[1]);
	if (match?.[2]) return roundHalfToEven((value * size) / 100);
	return Number.isInteger(value) ? value : undefined;
}
