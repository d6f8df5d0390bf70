import {
	type Example,
	ImageDataset,
	type ImageExample,
} from "transfer-learning";

/**
 * A data set of small made-up images whose label shows in their brightness: `[8, 8, 3]`, values 0–1,
 * the same at every run.
 */
export function madeUpImages(
	count: number,
	{ deterministic = true, onMap = (_: Example) => {} } = {},
): ImageDataset<ImageExample> {
	const examples = Array.from({ length: count }, (_, i) => ({
		id: `image ${i}`,
		label: i % 2,
		read: () => Promise.reject(new Error("made-up images have no file")),
	}));
	const map = (example: Example): ImageExample => {
		onMap(example);
		const seed = Number(example.id.slice("image ".length));
		const data = Float32Array.from(
			{ length: 8 * 8 * 3 },
			(_, i) =>
				0.3 * example.label + 0.7 * ((Math.sin(seed * 997 + i * 7.1) + 1) / 2),
		);
		return { ...example, image: { data, shape: [8, 8, 3] } };
	};
	return ImageDataset.from(examples).map(Object.assign(map, { deterministic }));
}
