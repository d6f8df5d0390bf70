import { inspect } from "node:util";
import type { ImageDataset } from "../dataset/dataset";

/** Facts about one split of a data set. */
export interface SplitInfo {
	readonly numExamples: number;
	/** Number of files to which TensorFlow Datasets would write the split, which determines the examples' order. */
	readonly numShards: number;
}

/**
 * Facts about a data set, printed in the form of `tfds.core.DatasetInfo`.
 *
 * @example
 * const { info } = await load("cats_vs_dogs");
 * console.log(String(info));
 * info.splits.train?.numExamples; // 23262
 */
export interface DatasetInfo {
	readonly name: string;
	/** The version of the TensorFlow Datasets builder with the same examples in the same order. */
	readonly version: string;
	readonly description: string;
	readonly homepage: string;
	/** Absolute path of the archive or folder that the images are read from. */
	readonly source: string;
	readonly fileFormat: "zip" | "folder";
	/** Size of the archive, or of the folder's images, in bytes. */
	readonly downloadSize: number;
	/** Total size of the examples' encoded images, in bytes. */
	readonly datasetSize: number;
	/** The names of the labels 0, 1, … */
	readonly classNames: readonly string[];
	readonly splits: Readonly<Record<string, SplitInfo>>;
	/** Number of images that TensorFlow Datasets drops as corrupt. */
	readonly dropped: number;
	/** Number of images that cannot be read; `load` printed why. */
	readonly skipped: number;
	readonly citation: string;
	toString(): string;
}

/** A data set's examples and facts about it. */
export interface LoadedDataset {
	/** The examples of the requested split. */
	readonly train: ImageDataset;
	/** Describes the whole archive or folder, whatever the split. */
	readonly info: DatasetInfo;
}

/** Adds a `toString` that prints the facts, which `console.log` uses too. */
export function datasetInfo(facts: Omit<DatasetInfo, "toString">): DatasetInfo {
	const print = () => formatInfo(facts);
	return Object.defineProperties({ ...facts } as DatasetInfo, {
		toString: { value: print },
		[inspect.custom]: { value: print },
	});
}

function formatInfo(facts: Omit<DatasetInfo, "toString">): string {
	const splits = Object.entries(facts.splits).map(
		([name, { numExamples, numShards }]) =>
			`        '${name}': <SplitInfo num_examples=${numExamples}, num_shards=${numShards}>,`,
	);
	return `tfds.core.DatasetInfo(
    name='${facts.name}',
    full_name='${facts.name}/${facts.version}',
    description="""
    ${facts.description}
    """,
    homepage='${facts.homepage}',
    data_dir='${facts.source}',
    file_format=${facts.fileFormat},
    download_size=${formatBytes(facts.downloadSize)},
    dataset_size=${formatBytes(facts.datasetSize)},
    features=FeaturesDict({
        'image': Image(shape=(None, None, 3), dtype=uint8),
        'image/filename': Text(shape=(), dtype=string),
        'label': ClassLabel(shape=(), dtype=int64, num_classes=${facts.classNames.length}),
    }),
    supervised_keys=('image', 'label'),
    disable_shuffling=False,
    nondeterministic_order=False,
    splits={
${splits.join("\n")}
    },
    citation="""${facts.citation.replaceAll("\n", "\n    ")}""",
)`;
}

/** Formats a size as TensorFlow Datasets does: `786.67 MiB`. */
function formatBytes(bytes: number): string {
	const units = ["bytes", "KiB", "MiB", "GiB"];
	let size = bytes;
	let unit = 0;
	while (size >= 1024 && unit < units.length - 1) {
		size /= 1024;
		unit++;
	}
	return unit === 0 ? `${bytes} bytes` : `${size.toFixed(2)} ${units[unit]}`;
}
