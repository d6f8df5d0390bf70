import { TransferLearningError } from "../errors";
import type { tf } from "../tf";
import type { Loss } from "./losses";

/**
 * Checks that a batch's targets are what the loss compares with the model's predictions, before it is computed: tfjs would
 * broadcast or cut off what does not fit. A loss function of the user's own gets whatever comes.
 *
 * @throws TransferLearningError saying what was expected, what came, and what to change.
 */
export function checkTargets(
	model: tf.LayersModel,
	loss: Loss,
	ys: tf.Tensor,
): void {
	if (loss.name === undefined) return;
	const output = (model.outputs[0]?.shape ?? []).slice(1);
	const shape = ys.shape.slice(1);
	const outputs = output.at(-1) ?? 1;
	switch (loss.name) {
		case "sparseCategoricalCrossentropy":
			requireClasses(loss.name, outputs);
			requireIndices(output, shape, ys, outputs);
			return;
		case "categoricalCrossentropy":
			requireClasses(loss.name, outputs);
			requireShape(loss.name, output, shape);
			requireDistributions(ys, outputs);
			return;
		case "binaryCrossentropy":
			requireShape(loss.name, output, shape);
			requireProbabilities(ys);
			return;
		default:
			requireShape(loss.name, output, shape);
	}
}

function requireClasses(loss: string, outputs: number): void {
	if (outputs > 1) return;
	throw new TransferLearningError(
		`${loss} needs a model with one output for each class, and this one has a single output. Use binaryCrossentropy with a sigmoid, or give the last layer as many units as there are classes.`,
	);
}

function requireShape(
	loss: string,
	output: readonly (number | null)[],
	target: readonly number[],
): void {
	const fits =
		output.length === target.length &&
		output.every((size, i) => size === null || size === target[i]);
	if (fits) return;
	throw new TransferLearningError(
		`${loss} needs targets of shape ${show(output)}, as the model's output is, and these have ${show(target)}. ${adviceFor(loss, output, target)}`,
	);
}

function adviceFor(
	loss: string,
	output: readonly (number | null)[],
	target: readonly number[],
): string {
	const outputs = output.at(-1) ?? 1;
	const areIndices = target.length === 1 && target[0] === 1;
	if (areIndices && outputs > 1 && loss === "categoricalCrossentropy") {
		return "For class indices use sparseCategoricalCrossentropy; or turn labels into one-hot rows with a map.";
	}
	if (areIndices && outputs > 1 && loss === "binaryCrossentropy") {
		return "For class indices use one sigmoid unit (two classes), or a softmax with sparseCategoricalCrossentropy.";
	}
	return "Change the units of the last layer, or turn the labels into rows of that length with a map.";
}

function requireIndices(
	output: readonly (number | null)[],
	target: readonly number[],
	ys: tf.Tensor,
	classes: number,
): void {
	const places = output.slice(0, -1);
	const flat =
		target.length === output.length && target.at(-1) === 1
			? target.slice(0, -1)
			: target;
	const fits =
		flat.length === places.length &&
		places.every((size, i) => size === null || size === flat[i]);
	if (!fits) {
		throw new TransferLearningError(
			`sparseCategoricalCrossentropy needs class indices of shape ${show([...places, 1])}, and these targets have ${show(target)}. For one-hot rows use categoricalCrossentropy.`,
		);
	}
	const wrong = ys
		.dataSync()
		.find((y) => !(Number.isInteger(y) && y >= 0 && y < classes));
	if (wrong === undefined) return;
	throw new TransferLearningError(
		`A label is ${wrong}, and the model's ${classes} outputs are for the classes 0 to ${classes - 1}. Give the last layer as many units as there are classes, or change the labels with a map.`,
	);
}

function requireDistributions(ys: tf.Tensor, classes: number): void {
	const values = ys.dataSync<"float32">();
	for (let start = 0; start < values.length; start += classes) {
		const row = values.slice(start, start + classes);
		const sum = row.reduce((total, value) => total + value, 0);
		if (row.every((value) => value >= 0) && Math.abs(sum - 1) < 1e-3) continue;
		throw new TransferLearningError(
			`A label is [${[...row].map((value) => +value.toFixed(3)).join(", ")}], and categoricalCrossentropy needs rows of shares that add up to 1, such as one-hot rows. Where several classes can be right at once, use sigmoid units with binaryCrossentropy.`,
		);
	}
}

function requireProbabilities(ys: tf.Tensor): void {
	const wrong = ys.dataSync().find((y) => !(y >= 0 && y <= 1));
	if (wrong === undefined) return;
	throw new TransferLearningError(
		`A label is ${wrong}, and binaryCrossentropy needs labels from 0 to 1. For more than two classes use a softmax with one unit for each class, and sparseCategoricalCrossentropy.`,
	);
}

function show(sizes: readonly (number | null)[]): string {
	return `[batch, ${sizes.map((size) => size ?? "any").join(", ")}]`;
}
