import { TransferLearningError } from "../errors";
import type { ImageDataset } from "./dataset";
import type { Example, Label } from "./example";

/**
 * Counts the examples with each label in one iteration, without reading an image.
 *
 * @param classNames the names of the labels 0, 1, …; by default those of the data set
 * @returns the counts by name, or by number for a label without a name
 * @throws TransferLearningError if the data set has a map, which may change labels but has not run yet.
 * @example countLabels(train); // { cat: 515, dog: 485 }
 */
export function countLabels(
	dataset: ImageDataset<Example<Label>>,
	classNames: readonly string[] = dataset.classNames ?? [],
): Record<string, number> {
	const counts: Record<string, number> = Object.fromEntries(
		classNames.map((name) => [name, 0]),
	);
	for (const { example, chain } of dataset.items()) {
		if (!chain.isEmpty) {
			throw new TransferLearningError(
				"countLabels counts labels as they were loaded, but a map may have changed these. Give it the data set from before map or cache.",
			);
		}
		const name = classNames[example.label] ?? String(example.label);
		counts[name] = (counts[name] ?? 0) + 1;
	}
	return counts;
}
