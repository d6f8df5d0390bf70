import { TransferLearningError } from "../errors";
import type { ImageDataset } from "./dataset";
import type { Example, Label } from "./example";

/**
 * Counts how many examples have each label, in one iteration, without reading an image.
 *
 * @param classNames the names of the labels 0, 1, …; default: those of the data set
 * @throws TransferLearningError if the data set is mapped: a map may change labels, and knows them only once it has run.
 * @returns the counts by name, e.g. `{ cat: 515, dog: 485 }`; of a label without a name by its number, `{ "0": 3, "1": 4 }`
 */
export function countLabels(
	dataset: ImageDataset<Example<Label>>,
	classNames: readonly string[] = dataset.classNames ?? [],
): Record<string, number> {
	const counts: Record<string, number> = Object.fromEntries(
		classNames.map((name) => [name, 0]),
	);
	for (const {
		example: { label },
		chain,
	} of dataset.items()) {
		if (!chain.isEmpty) {
			throw new TransferLearningError(
				"countLabels counts labels as they were loaded, and a map may have changed these. Give it the data set from before map or cache.",
			);
		}
		const name = classNames[label] ?? String(label);
		counts[name] = (counts[name] ?? 0) + 1;
	}
	return counts;
}
