import { TransferLearningError } from "../errors";
import type { tf } from "../tf";
import type { Loss } from "./losses";
import type { Metric } from "./metrics";

/** Sizes of the axes after the batch; null stands for any size. */
type Sizes = readonly (number | null)[];

/**
 * Checks that pixels have the shape of the model's input.
 *
 * @param shape without the batch axis
 * @param name the example's or batch's name in the error
 * @throws TransferLearningError saying what was expected, what was found, and what to change.
 */
export function checkInput(
	model: tf.LayersModel,
	shape: readonly number[],
	name: string,
): void {
	const expected = model.inputs[0]?.shape.slice(1) ?? [];
	if (fits(expected, shape)) return;
	const show = (sizes: Sizes) => sizes.map((size) => size ?? "any").join(" x ");
	const [height, width] = expected;
	const advice =
		expected.length === 3 && height && width
			? ` Resize the images: createPreprocess({ size: [${height}, ${width}] }).`
			: "";
	throw new TransferLearningError(
		`The model "${model.name}" takes examples of ${show(expected)}, but ${name} has ${show(shape)}.${advice}`,
	);
}

/**
 * Checks that a batch's targets fit the loss, the metrics and the model's output, before they are computed: tfjs would
 * broadcast or cut off what does not fit. A loss or metric of the user's own gets any targets.
 *
 * @throws TransferLearningError saying what was expected, what was found, and what to change.
 */
export function checkTargets(
	model: tf.LayersModel,
	{ name }: Loss,
	metrics: readonly Metric[],
	ys: tf.Tensor,
): void {
	const output = (model.outputs[0]?.shape ?? []).slice(1);
	const classes = output.at(-1) ?? 1;
	for (const { name, targets } of metrics) {
		if (targets === "values") requireShape(name, output, ys);
		if (targets === "indices") requireIndices(name, output, ys);
	}
	if (name === undefined) return;
	const isSparse = name === "sparseCategoricalCrossentropy";
	if ((isSparse || name === "categoricalCrossentropy") && classes <= 1) {
		throw new TransferLearningError(
			`${name} needs a model with one output for each class, but this one has a single output. Use binaryCrossentropy with a sigmoid, or give the last layer as many units as there are classes.`,
		);
	}
	if (isSparse) {
		requireIndices(name, output, ys);
		return;
	}
	requireShape(name, output, ys);
	if (name === "categoricalCrossentropy") requireDistributions(ys, classes);
	if (name === "binaryCrossentropy") requireProbabilities(ys);
}

function fits(expected: Sizes, actual: readonly number[]): boolean {
	return (
		expected.length === actual.length &&
		expected.every((size, i) => size === null || size === actual[i])
	);
}

function requireShape(name: string, output: Sizes, ys: tf.Tensor): void {
	const target = ys.shape.slice(1);
	if (fits(output, target)) return;
	throw new TransferLearningError(
		`${name} needs targets of shape ${show(output)}, like the model's output, but these have ${show(target)}. ${adviceFor(name, output.at(-1) ?? 1, target)}`,
	);
}

function adviceFor(
	loss: string,
	outputs: number,
	target: readonly number[],
): string {
	const areIndices = target.length === 1 && target[0] === 1;
	if (areIndices && outputs > 1 && loss === "categoricalCrossentropy") {
		return "For class indices use sparseCategoricalCrossentropy, or turn the labels into one-hot rows with a map.";
	}
	if (areIndices && outputs > 1 && loss === "binaryCrossentropy") {
		return "For class indices use one sigmoid unit (two classes), or a softmax with sparseCategoricalCrossentropy.";
	}
	return "Change the units of the last layer, or turn the labels into rows of that length with a map.";
}

function requireIndices(name: string, output: Sizes, ys: tf.Tensor): void {
	const target = ys.shape.slice(1);
	const classes = output.at(-1) ?? 1;
	const positions = output.slice(0, -1);
	if (!fits(positions, target) && !fits([...positions, 1], target)) {
		throw new TransferLearningError(
			`${name} needs class indices of shape ${show([...positions, 1])}, but these targets have ${show(target)}. For one-hot rows use categoricalCrossentropy.`,
		);
	}
	const wrong = ys
		.dataSync()
		.find((y) => !(Number.isInteger(y) && y >= 0 && y < classes));
	if (wrong === undefined) return;
	throw new TransferLearningError(
		`A label is ${wrong}, but the model's ${classes} outputs are for the classes 0 to ${classes - 1}. Give the last layer as many units as there are classes, or change the labels with a map.`,
	);
}

function requireDistributions(ys: tf.Tensor, classes: number): void {
	const values = ys.dataSync<"float32">();
	for (let start = 0; start < values.length; start += classes) {
		const row = values.slice(start, start + classes);
		const sum = row.reduce((total, value) => total + value, 0);
		if (row.every((value) => value >= 0) && Math.abs(sum - 1) < 1e-3) continue;
		throw new TransferLearningError(
			`A label is [${[...row].map((value) => +value.toFixed(3)).join(", ")}], but categoricalCrossentropy needs rows of probabilities that add up to 1, such as one-hot rows. If several classes can be right at once, use sigmoid units with binaryCrossentropy.`,
		);
	}
}

function requireProbabilities(ys: tf.Tensor): void {
	const wrong = ys.dataSync().find((y) => !(y >= 0 && y <= 1));
	if (wrong === undefined) return;
	throw new TransferLearningError(
		`A label is ${wrong}, but binaryCrossentropy needs labels from 0 to 1. For more than two classes use a softmax with one unit for each class, and sparseCategoricalCrossentropy.`,
	);
}

function show(sizes: Sizes): string {
	return `[batch, ${sizes.map((size) => size ?? "any").join(", ")}]`;
}
