import sharp from "sharp";
import { ImageDataset } from "../data/dataset";
import type { Example, Label } from "../data/example";
import { TransferLearningError } from "../errors";
import { dataNote } from "./data_note";
import type { Picture } from "./figure";
import { type Caption, captionExample } from "./grid_captions";
import { cellHeight, drawLabels, gap, titleHeight } from "./grid_labels";
import { toThumbnail } from "./grid_thumbnail";
import { hasFonts } from "./svg_text";

/** How a grid of pictures is laid out and labelled. */
export interface ImageGridOptions {
	/** Default: none. */
	readonly title?: string;
	/** How many pictures to show at most. Default: 12. */
	readonly most?: number;
	/** Pictures in a row. Default: 6. */
	readonly columns?: number;
	/** Width and height of a picture, in pixels. Default: 144. */
	readonly size?: number;
	/** The names of the labels 0, 1, … Default: `['cat', 'dog']`. */
	readonly classNames?: readonly string[];
	/** What `predict` gave for these examples, in their order: each picture then tells whether it is right. */
	readonly predictions?: readonly ArrayLike<number>[];
	/** Shows the wrong predictions first, the surest before all, on half of the places at most. Default: false. */
	readonly wrongFirst?: boolean;
}

/**
 * Composes pictures of examples with their labels, and with predictions where there are some, into one JPEG.
 *
 * Photos as they are stored keep their aspect ratio; preprocessed images are shown as a model sees them. Right and wrong
 * predictions are told apart by a tick or a cross and by the frame's line, not by colour alone.
 *
 * @param examples with predictions, in an order that does not change from one iteration to the next
 * @returns a picture for `show`
 * @throws TransferLearningError if a picture cannot be read, or the numbers of examples and predictions differ.
 */
export async function imageGrid(
	examples: ImageDataset<Example<Label>> | readonly Example[],
	options: ImageGridOptions = {},
): Promise<Picture> {
	const { title = "", columns = 6, size = 144 } = options;
	const dataset = isList(examples) ? ImageDataset.from(examples) : examples;
	const items = dataset.items();
	const chains = new Map(items.map(({ example, chain }) => [example, chain]));
	const captions = chooseExamples(
		items.map(({ example }) => example),
		options,
	);
	const hasPredictions = options.predictions !== undefined;
	const labelled = await hasFonts();
	const note = dataNote();
	const heading = [title, note].filter(Boolean).join(" – ");

	const thumbnails = await Promise.all(
		captions.map(async ({ example }) =>
			toThumbnail((await chains.get(example)?.apply(example)) ?? example, size),
		),
	);
	const inRow = Math.max(1, Math.min(columns, captions.length));
	const top = heading && labelled ? titleHeight : 0;
	const height = cellHeight(size, hasPredictions);
	const place = (i: number) => ({
		left: gap + (i % inRow) * (size + gap),
		top: top + gap + Math.floor(i / inRow) * (height + gap),
	});
	const whole = {
		width: gap + inRow * (size + gap),
		height: top + gap + Math.ceil(captions.length / inRow) * (height + gap),
	};
	const labels = drawLabels(whole, labelled ? heading : "", size, [
		...captions.map((caption, i) => ({ caption, ...place(i), labelled })),
	]);
	const bytes = await sharp({
		create: { ...whole, channels: 3, background: "#ffffff" },
	})
		.composite([
			...thumbnails.map((input, i) => ({ input, ...place(i) })),
			{ input: Buffer.from(labels), left: 0, top: 0 },
		])
		.jpeg({ quality: 82 })
		.toBuffer();
	const lines = captions.map(({ example, lines }) =>
		[example.id, ...lines].join("  "),
	);
	return {
		bytes,
		type: "image/jpeg",
		title: heading || `${captions.length} pictures`,
		text: [heading, ...lines].filter(Boolean).join("\n"),
		labelled,
	};
}

/** The examples to show, in their order in the grid. */
function chooseExamples(
	examples: readonly Example[],
	{
		most = 12,
		classNames = ["cat", "dog"],
		predictions,
		wrongFirst = false,
	}: ImageGridOptions,
): Caption[] {
	if (predictions && predictions.length !== examples.length) {
		throw new TransferLearningError(
			`imageGrid got ${examples.length} examples and ${predictions.length} predictions. Predict on the same data set.`,
		);
	}
	if (!predictions || !wrongFirst) {
		return examples
			.slice(0, most)
			.map((example, i) =>
				captionExample(example, classNames, predictions?.[i]),
			);
	}
	const all = examples.map((example, i) =>
		captionExample(example, classNames, predictions[i]),
	);
	const wrong = all
		.filter(({ right }) => right === false)
		.sort((a, b) => (b.confidence ?? 0) - (a.confidence ?? 0))
		.slice(0, Math.floor(most / 2));
	const right = all.filter((caption) => caption.right === true);
	return [...wrong, ...right.slice(0, most - wrong.length)];
}

// Array.isArray does not narrow a readonly array.
function isList(
	examples: ImageDataset<Example<Label>> | readonly Example[],
): examples is readonly Example[] {
	return Array.isArray(examples);
}
