import type { ImageDataset } from "./dataset";
import type { Example, Label } from "./example";

/**
 * Counts how many examples have each label, in one iteration, without reading an image.
 *
 * @param classNames the names of the labels 0, 1, …; default: those of the data set
 * @returns the counts by name, e.g. `{ cat: 515, dog: 485 }`; of a label without a name by its number, `{ "0": 3, "1": 4 }`
 */
export function countLabels(
	dataset: ImageDataset<Example<Label>>,
	classNames: readonly string[] = dataset.classNames ?? [],
): Record<string, number> {
	const counts: Record<string, number> = Object.fromEntries(
		classNames.map((name) => [name, 0]),
	);
	for (const { label } of dataset.examples()) {
		const name = classNames[label] ?? String(label);
		counts[name] = (counts[name] ?? 0) + 1;
	}
	return counts;
}
