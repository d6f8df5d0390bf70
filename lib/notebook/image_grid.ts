import sharp from "sharp";
import { nameLabel } from "../charts/labels";
import { dataNote } from "../data_note";
import { ImageDataset } from "../dataset/dataset";
import type { Example, Label } from "../dataset/example";
import { type Displayable, type MimeBundle, makeDisplayable } from "../display";
import { toOneLine } from "../text";
import { type Chosen, chooseElements } from "./grid_choice";
import { cellHeight, drawLabels, gap, headingHeight } from "./grid_labels";
import { toThumbnail } from "./grid_thumbnail";
import { detectRange } from "./grid_values";
import { hasFonts } from "./svg_text";

/** An image for `show`. A notebook displays it if a cell ends in it. */
export interface EncodedImage extends Partial<Displayable> {
	/** The encoded image. */
	readonly bytes: Buffer;
	readonly type: "image/jpeg" | "image/png";
	/** A short description, used as alternative text. */
	readonly title: string;
	/** Everything that the image says in words, for front ends that only show text. */
	readonly text: string;
	/** Whether the labels are drawn on the image: false on a machine without fonts. */
	readonly labelled: boolean;
}

/** Options of `imageGrid`. */
export interface ImageGridOptions {
	/**
	 * The heading above the images.
	 *
	 * @default undefined, for none
	 */
	readonly title?: string;
	/**
	 * The maximum number of images.
	 *
	 * @default 12
	 */
	readonly maxImages?: number;
	/**
	 * Images per row.
	 *
	 * @default 6
	 */
	readonly columns?: number;
	/**
	 * Width and height of an image, in pixels.
	 *
	 * @default 144
	 */
	readonly size?: number;
	/**
	 * The names of the labels 0, 1, … A label without a name is shown as `label 2`.
	 *
	 * @default the data set's class names
	 */
	readonly classNames?: readonly string[] | undefined;
	/**
	 * What `predict` returned for these examples, in the same order, as for `confusionChart`. Each image is then marked as
	 * right or wrong.
	 *
	 * @default undefined, for labels only
	 */
	readonly predictions?: readonly ArrayLike<number>[];
	/**
	 * Shows wrong predictions first, the most confident ones leading, in up to half of the grid.
	 *
	 * Maps may change labels, so all elements of a mapped data set are computed for this. If yours do not change them, pass
	 * the data set from before `map`.
	 *
	 * @default false
	 */
	readonly wrongFirst?: boolean;
}

/**
 * Arranges images with their labels, and with predictions if given, in one JPEG.
 *
 * Stored photos keep their aspect ratio. Preprocessed images (grey, RGB or RGBA) are shown as the model sees them: the
 * range of their values (0–1, -1–1 or 0–255) is guessed from all images of the grid, any other range is stretched from
 * black to white, and a note on the image says if the guess is uncertain, or if values were clipped or are not finite.
 *
 * Labels are those after the data set's maps: class indices and one-hot rows are shown by class name, other numbers as they
 * are. Right and wrong predictions differ in mark and frame, not only in colour.
 *
 * @param examples with predictions, their order must be the same in every iteration
 * @returns an image for `show`
 * @throws TransferLearningError if an image cannot be read or shown, or if predictions and labels do not match.
 *
 * @example
 * ```ts
 * const predictions = await predict(model, test.map(preprocess).batch(32));
 * show(await imageGrid(test, { predictions, wrongFirst: true }));
 * ```
 */
export async function imageGrid(
	examples: ImageDataset<Example<Label>> | readonly Example[],
	options: ImageGridOptions = {},
): Promise<EncodedImage> {
	const { maxImages = 12, columns = 6, size = 144, predictions } = options;
	const dataset =
		examples instanceof ImageDataset ? examples : ImageDataset.from(examples);
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
	const captions = chosen.map((one) => captionLines(one, classNames));
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
	const marks = chosen.map(({ judged }, i) => ({
		lines: labelled ? (captions[i] ?? []) : [],
		right: judged && judged.predicted === judged.label,
		...place(i),
	}));
	const labels = drawLabels(whole, labelled ? headings : [], size, marks);
	const bytes = await sharp({
		create: { ...whole, channels: 3, background: "#ffffff" },
	})
		.composite([
			...thumbnails.map((input, i) => ({ input, ...place(i) })),
			{ input: Buffer.from(labels), left: 0, top: 0 },
		])
		.jpeg({ quality: 82 })
		.toBuffer();
	const lines = captions.map((caption, i) =>
		[elements[i]?.id ?? "", ...caption].map(toOneLine).join("  "),
	);
	return makeDisplayable<EncodedImage>(
		{
			bytes,
			type: "image/jpeg",
			title: title || `${chosen.length} images`,
			text: [...headings, ...lines].join("\n"),
			labelled,
		},
		formatImage,
	);
}

/** The image, and its words for front ends that only show text. */
export function formatImage({ bytes, type, text }: EncodedImage): MimeBundle {
	return { [type]: bytes.toString("base64"), "text/plain": text };
}

/** The label, and the prediction with its confidence if there is one. */
function captionLines(
	{ element, judged }: Chosen,
	classNames: readonly string[] | undefined,
): string[] {
	if (!judged) return [nameLabel(element.label, classNames)];
	const { label, predicted, confidence } = judged;
	const percent =
		confidence > 0.99 && confidence < 1 ? ">99" : (confidence * 100).toFixed(0);
	return [
		nameLabel(label, classNames),
		`says ${nameLabel(predicted, classNames)}, ${percent} %`,
	];
}
