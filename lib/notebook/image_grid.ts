import sharp from "sharp";
import type { EncodedImage } from "../charts/figure";
import { ImageDataset } from "../dataset/dataset";
import type { Example, Label } from "../dataset/example";
import { dataNote } from "../sources/data_note";
import { toOneLine } from "../text";
import { captionExample } from "./grid_captions";
import { chooseElements } from "./grid_choice";
import { cellHeight, drawLabels, gap, headingHeight } from "./grid_labels";
import { toThumbnail } from "./grid_thumbnail";
import { detectRange } from "./grid_values";
import { hasFonts } from "./svg_text";

/** How a grid of images is laid out and labelled. */
export interface ImageGridOptions {
	/** Default: none. */
	readonly title?: string;
	/** How many images to show at most. Default: 12. */
	readonly maxImages?: number;
	/** Images in a row. Default: 6. */
	readonly columns?: number;
	/** Width and height of an image, in pixels. Default: 144. */
	readonly size?: number;
	/** The names of the labels 0, 1, … Default: those of the data set; a label without a name is shown as `label 2`. */
	readonly classNames?: readonly string[] | undefined;
	/** What `predict` gave for these examples, in their order, as for `confusionChart`: each image then tells whether it is right. */
	readonly predictions?: readonly ArrayLike<number>[];
	/**
	 * Shows the wrong predictions first, the surest before all, on half of the places at most. Of a mapped data set all
	 * elements are then computed for their labels, which a map may have changed; if yours does not, give the data set from before the map. Default: false.
	 */
	readonly wrongFirst?: boolean;
}

/**
 * Composes images of examples with their labels, and with predictions where there are some, into one JPEG.
 *
 * Photos as they are stored keep their aspect ratio; preprocessed images are shown as a model sees them, grey, RGB or RGBA.
 * Their values are taken for 0–1 if none is below 0 and none above 2, for 0–255 if some are above 2, for -1–1 if some are
 * below 0, and all of them between -2 and 2; any other values are stretched from black to white. This looks at the values
 * of the whole grid. Where it may be mistaken, cuts values or meets one that is not a number, the image says so.
 *
 * Labels are those that the data set's maps give: class indices and one-hot rows are shown by the class's name, other
 * numbers as they are. Right and wrong predictions are told apart by a tick or a cross and by the frame's line, not by
 * colour alone.
 *
 * @param examples with predictions, in an order that does not change from one iteration to the next
 * @returns an image for `show`
 * @throws TransferLearningError if an image cannot be read or shown, or if predictions and labels do not go together.
 */
export async function imageGrid(
	examples: ImageDataset<Example<Label>> | readonly Example[],
	options: ImageGridOptions = {},
): Promise<EncodedImage> {
	const { maxImages = 12, columns = 6, size = 144, predictions } = options;
	const dataset = isList(examples) ? ImageDataset.from(examples) : examples;
	const chosen = await chooseElements(
		dataset.items(),
		maxImages,
		predictions,
		options.wrongFirst ?? false,
	);
	const elements = chosen.map(({ element }) => element);
	const range = detectRange(elements.flatMap(({ image }) => image ?? []));
	const thumbnails = await Promise.all(
		elements.map((element) => toThumbnail(element, range, size)),
	);
	const classNames = options.classNames ?? dataset.classNames;
	const captions = chosen.map(({ element, judged }) =>
		captionExample(judged?.label ?? element.label, classNames, judged),
	);
	const labelled = await hasFonts();
	const title = [options.title, dataNote()].filter(Boolean).join(" – ");
	const headings = [title, range.note].flatMap((line) => line || []);

	const inRow = Math.max(1, Math.min(columns, chosen.length));
	const top = labelled ? headingHeight(headings.length) : 0;
	const height = cellHeight(size, predictions !== undefined);
	const place = (i: number) => ({
		left: gap + (i % inRow) * (size + gap),
		top: top + gap + Math.floor(i / inRow) * (height + gap),
	});
	const whole = {
		width: gap + inRow * (size + gap),
		height: top + gap + Math.ceil(chosen.length / inRow) * (height + gap),
	};
	const labels = drawLabels(whole, labelled ? headings : [], size, [
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
	const lines = captions.map(({ lines }, i) =>
		[elements[i]?.id ?? "", ...lines].map(toOneLine).join("  "),
	);
	return {
		bytes,
		type: "image/jpeg",
		title: title || `${chosen.length} images`,
		text: [...headings, ...lines].join("\n"),
		labelled,
	};
}

// Array.isArray does not narrow a readonly array.
function isList(
	examples: ImageDataset<Example<Label>> | readonly Example[],
): examples is readonly Example[] {
	return Array.isArray(examples);
}
