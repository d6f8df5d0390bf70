import {
	createPreprocess,
	type Example,
	type Image,
	ImageDataset,
	type ImageExample,
	load,
	type MapFunction,
} from "transfer-learning";

/** The walkthrough's examples: the first 1000 of the archive that `CATS_VS_DOGS` names. */
export async function loadExamples(): Promise<readonly Example[]> {
	const { train } = await load("cats_vs_dogs");
	return train.take(1000).examples();
}

/** The examples' pixels, `[size, size, 3]`, values 0–1. */
export async function readPixels(
	examples: readonly Example[],
	size: number,
): Promise<Image[]> {
	const preprocess = createPreprocess({ size: [size, size] });
	return await Promise.all(
		examples.map(async (example) => (await preprocess(example)).image),
	);
}

/** A data set of images that are in memory. Only a `deterministic` one lets `fit` keep what it computed from them. */
export function toDataset(
	examples: readonly Example[],
	images: readonly Image[],
	deterministic = true,
): ImageDataset<ImageExample> {
	const byId = new Map(examples.map(({ id }, i) => [id, images[i]]));
	const map: MapFunction<Example, ImageExample> = Object.assign(
		(example: Example) => ({
			...example,
			image: byId.get(example.id) as Image,
		}),
		{ deterministic },
	);
	return ImageDataset.from(examples).map(map);
}

/** All values one after another. */
export function concatenate(arrays: readonly Float32Array[]): Float32Array {
	const all = new Float32Array(
		arrays.reduce((sum, { length }) => sum + length, 0),
	);
	let start = 0;
	for (const array of arrays) {
		all.set(array, start);
		start += array.length;
	}
	return all;
}
