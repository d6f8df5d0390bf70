import type { Example } from "../data/example";

/** What a grid tells of one example. */
export interface Caption {
	readonly example: Example;
	/** Lines of text to set below it. */
	readonly lines: readonly string[];
	/** Whether the prediction is right; undefined without one. */
	readonly right: boolean | undefined;
	/** The probability of what was predicted, 0–1. */
	readonly confidence: number | undefined;
}

/**
 * @param prediction one probability of label 1 (a sigmoid), or one for each label (a softmax)
 */
export function captionExample(
	example: Example,
	classNames: readonly string[],
	prediction?: ArrayLike<number>,
): Caption {
	const nameOf = (label: number) => classNames[label] ?? `label ${label}`;
	const name = nameOf(example.label);
	if (prediction === undefined) {
		return { example, lines: [name], right: undefined, confidence: undefined };
	}
	const values = Array.from(prediction);
	const one = values[0] as number;
	const probabilities = values.length === 1 ? [1 - one, one] : values;
	const confidence = Math.max(...probabilities);
	// At 0.5 a sigmoid says 1, as everywhere in this package.
	const said =
		values.length === 1
			? Number(one >= 0.5)
			: probabilities.indexOf(confidence);
	const percent =
		confidence > 0.99 && confidence < 1 ? ">99" : (confidence * 100).toFixed(0);
	return {
		example,
		lines: [name, `says ${nameOf(said)}, ${percent} %`],
		right: said === example.label,
		confidence,
	};
}
