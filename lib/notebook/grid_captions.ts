import { nameLabel } from "../charts/labels";
import type { Judged } from "../charts/predictions";
import type { Label } from "../dataset/example";

/** What a grid tells of one example. */
export interface Caption {
	/** Lines of text to set below it. */
	readonly lines: readonly string[];
	/** Whether the prediction is right; undefined without one. */
	readonly right: boolean | undefined;
}

/**
 * @param classNames the names of the labels 0, 1, …, if they are known
 * @param judged what a model says of the example, if it was asked
 */
export function captionExample(
	label: Label,
	classNames: readonly string[] | undefined,
	judged?: Judged,
): Caption {
	const name = nameLabel(label, classNames);
	if (judged === undefined) return { lines: [name], right: undefined };
	const { said, confidence } = judged;
	const percent =
		confidence > 0.99 && confidence < 1 ? ">99" : (confidence * 100).toFixed(0);
	return {
		lines: [name, `says ${nameLabel(said, classNames)}, ${percent} %`],
		right: said === judged.label,
	};
}
