import type { Member } from "../archive/archive";
import { ImageDataset } from "../dataset/dataset";
import type { Example } from "../dataset/example";
import { type DatasetInfo, datasetInfo, type LoadedDataset } from "./info";
import { orderLikeTfds } from "./tfds_order";
import { parseSplit } from "./tfds_split";

/** The images and facts from which a data set is created. */
export interface Contents extends Omit<DatasetInfo, "splits" | "toString"> {
	/** The images that are examples, in any order; their names become the examples' ids. */
	readonly images: readonly Pick<Member, "name" | "read">[];
	/** The index of an image's class. */
	readonly labelOf: (name: string) => number;
	/** Number of files to which TensorFlow Datasets would write the examples. */
	readonly numShards: number;
}

/**
 * Creates the data set for a split of `train`, in the order of TensorFlow Datasets.
 *
 * @throws TransferLearningError if the split is invalid.
 */
export function createDataset(
	{ images, labelOf, numShards, ...facts }: Contents,
	split: string,
): LoadedDataset {
	const reads = new Map(images.map(({ name, read }) => [name, read]));
	const range = parseSplit(split, reads.size);
	const order = orderLikeTfds([...reads.keys()], "train", numShards, range);
	const examples = order.map((id): Example => {
		const read = reads.get(id) as Example["read"];
		return { id, label: labelOf(id), read };
	});
	const splits = { train: { numExamples: reads.size, numShards } };
	return {
		train: ImageDataset.from(examples, { classNames: facts.classNames }),
		info: datasetInfo({ ...facts, splits }),
	};
}
