import { inspect } from "node:util";
import type { ImageDataset } from "../dataset/dataset";

/** What is known of one split of a data set. */
export interface SplitInfo {
	readonly numExamples: number;
	/** Into how many files TensorFlow Datasets would write it, which decides the order of the examples. */
	readonly numShards: number;
}

/** The facts that a `DatasetInfo` is made of. */
export interface DatasetFacts {
	readonly name: string;
	/** The version of the TensorFlow Datasets builder whose examples and order these are. */
	readonly version: string;
	readonly description: string;
	readonly homepage: string;
	/** The archive or folder that the examples are read from. */
	readonly source: string;
	/** What the source is. */
	readonly fileFormat: "zip" | "folder";
	/** The size of the source, in bytes. */
	readonly downloadSize: number;
	/** The size of all examples' images as they are stored, in bytes. */
	readonly datasetSize: number;
	/** The names of the labels 0, 1, … */
	readonly classNames: readonly string[];
	readonly splits: Readonly<Record<string, SplitInfo>>;
	/** How many images are no examples since TensorFlow Datasets takes them for damaged. */
	readonly dropped: number;
	/** How many images are no examples since they cannot be read; `load` said why. */
	readonly skipped: number;
	readonly citation: string;
}

/** What a data set is and holds, printed in the form of `tfds.core.DatasetInfo`. */
export interface DatasetInfo extends DatasetFacts {
	toString(): string;
}

/** A data set's examples, and what is known of it. */
export interface LoadedDataset {
	/** The examples of the split that was asked for. */
	readonly train: ImageDataset;
	/** What is in the archive or folder, whatever the split. */
	readonly info: DatasetInfo;
}

/** Makes facts print themselves, by `console.log` too. */
export function datasetInfo(facts: DatasetFacts): DatasetInfo {
	const print = () => formatInfo(facts);
	return Object.defineProperties({ ...facts } as DatasetInfo, {
		toString: { value: print },
		[inspect.custom]: { value: print },
	});
}

function formatInfo(facts: DatasetFacts): string {
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

/** A size as TensorFlow Datasets prints it: `786.67 MiB`. */
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
