import type { Random } from "drawn-pets";
import {
	type Example,
	type Image,
	ImageDataset,
	type ImageExample,
	type Label,
	type MapFunction,
} from "transfer-learning";
import type { Case } from "./spec";

/** A case's examples: those to train on, then those to validate with. */
export interface Data {
	readonly images: readonly Image[];
	/** The class of each; 0 where targets are numbers. */
	readonly classes: readonly number[];
	readonly targets: readonly (number | readonly number[])[];
}

export function drawData(random: Random, spec: Case): Data {
	const { targets, width, model, examples, validationExamples } = spec;
	const shape = model.inputShape as unknown as Image["shape"];
	const classNumbers = Array.from({ length: width }, (_, i) => i);
	const drawn = Array.from({ length: examples + validationExamples }, () => {
		const label = targets === "numbers" ? 0 : random.pick(classNumbers);
		const data = Float32Array.from(
			{ length: shape[0] * shape[1] * shape[2] },
			// A class shows in the brightness.
			() => random.between(0, 0.7) + (0.3 * label) / width,
		);
		const numbers = classNumbers.map(() => random.between(-1, 1));
		const target = {
			index: label,
			oneHot: classNumbers.map((i) => (i === label ? 1 : 0)),
			numbers: width === 1 ? (numbers[0] as number) : numbers,
		}[targets];
		return { image: { data, shape }, label, target };
	});
	return {
		images: drawn.map(({ image }) => image),
		classes: drawn.map(({ label }) => label),
		targets: drawn.map(({ target }) => target),
	};
}

export function toDataset(
	{ targets, width, deterministic }: Case,
	data: Data,
): ImageDataset<ImageExample> {
	const examples = data.classes.map((label, i) => ({
		id: `${i}`,
		label,
		read: () => Promise.reject(new Error("a drawn image has no file")),
	}));
	const map: MapFunction<Example, ImageExample<Label>> = Object.assign(
		(example: Example) => ({
			...example,
			image: data.images[Number(example.id)] as Image,
			label: data.targets[Number(example.id)] as Label,
		}),
		{ deterministic },
	);
	const classNames =
		targets === "numbers"
			? undefined
			: Array.from({ length: width }, (_, i) => `class ${i}`);
	return ImageDataset.from(examples, classNames ? { classNames } : {}).map(map);
}
