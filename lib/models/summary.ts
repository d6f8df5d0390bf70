import { listNodes, type Node } from "../graph/nodes";
import { tf } from "../tf";
import { classNameOf, kerasName } from "./keras_names";
import { type Column, drawTable } from "./table";

/** The columns of Keras's tables in notebooks and outside a terminal, 76 characters in total. */
const columns: readonly Column[] = [
	{ heading: "Layer (type)", width: 31, align: "left" },
	{ heading: "Output Shape", width: 22, align: "left" },
	{ heading: "Param #", width: 13, align: "right" },
];

/** The columns for a model that is not a simple chain of layers. */
const branchingColumns: readonly Column[] = [
	{ heading: "Layer (type)", width: 19, align: "left" },
	{ heading: "Output Shape", width: 17, align: "left" },
	{ heading: "Param #", width: 10, align: "right" },
	{ heading: "Connected to", width: 17, align: "left" },
];

/**
 * Prints a model's layers, output shapes and parameter counts, as Keras's `model.summary()` does.
 *
 * @example
 * ```ts
 * const base = await mobileNetV2({ inputShape: [128, 128, 3] });
 * summary(base);
 * ```
 */
export function summary(model: tf.LayersModel): void {
	console.log(formatSummary(model));
}

/** Formats a model as Keras 3's `model.summary()` does, without a line break at the end. */
export function formatSummary(model: tf.LayersModel): string {
	const nodes = model instanceof tf.Sequential ? [] : listNodes(model);
	const branching = isBranching(nodes);
	const layers =
		model instanceof tf.Sequential
			? model.layers.filter((layer) => layer.getClassName() !== "InputLayer")
			: model.layers;
	const rows = layers.map((layer) => [
		`${kerasName(layer)} (${classNameOf(layer)})`,
		formatShape(layer),
		formatCount(countParams(layer.weights)),
		...(branching ? [formatConnections(layer, nodes)] : []),
	]);
	const line = (label: string, weights: Weights) => {
		const count = countParams(weights);
		return ` ${label}: ${formatCount(count)} (${formatBytes(4 * count)})`;
	};
	return [
		`Model: "${kerasName(model)}"`,
		drawTable(branching ? branchingColumns : columns, rows),
		line("Total params", model.weights),
		line("Trainable params", model.trainableWeights),
		line("Non-trainable params", model.nonTrainableWeights),
	].join("\n");
}

type Weights = tf.layers.Layer["weights"];

/** Counts parameters; weights of a layer that occurs twice count once. */
function countParams(weights: Weights): number {
	return [...new Set(weights)].reduce(
		(sum, { shape }) => sum + shape.reduce<number>((n, d) => n * (d ?? 1), 1),
		0,
	);
}

/** Whether a layer has several inputs, an output is used several times, or a layer is called several times. */
function isBranching(nodes: readonly Node[]): boolean {
	const used = nodes.flatMap(({ inputTensors }) =>
		inputTensors.map(({ id }) => id),
	);
	const called = new Set(nodes.map(({ outboundLayer }) => outboundLayer));
	return (
		new Set(used).size < used.length ||
		called.size < nodes.length ||
		nodes.some(({ inputTensors }) => inputTensors.length > 1)
	);
}

function formatConnections(
	layer: tf.layers.Layer,
	nodes: readonly Node[],
): string {
	const connections = layer.inboundNodes
		.filter((node) => nodes.includes(node))
		.flatMap((node) => node.inputTensors)
		.map(({ sourceLayer, nodeIndex, tensorIndex }) => {
			// tfjs counts a model's own graph as its first call, Keras does not.
			const call =
				sourceLayer instanceof tf.LayersModel ? nodeIndex - 1 : nodeIndex;
			return `${kerasName(sourceLayer)}[${call}][${tensorIndex}]`;
		});
	return connections.join(", ") || "-";
}

function formatShape(layer: tf.layers.Layer): string {
	const tensors = layer.inboundNodes.at(-1)?.outputTensors ?? [];
	const shapes = tensors.map(({ shape }) => {
		const sizes = shape.map((size) => size ?? "None");
		return `(${sizes.join(", ")})`;
	});
	return shapes.length === 1 ? (shapes[0] ?? "?") : `[${shapes.join(", ")}]`;
}

function formatCount(count: number): string {
	return count.toLocaleString("en-US");
}

function formatBytes(bytes: number): string {
	const units = ["B", "KB", "MB", "GB"];
	let size = bytes;
	let unit = 0;
	for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024;
	return `${roundToHundredths(size)} ${units[unit]}`;
}

/** Rounds to two decimals as Python does: ties, which are odd eighths, go to the even neighbour. */
function roundToHundredths(size: number): string {
	const isTie = Number.isInteger(8 * size) && !Number.isInteger(4 * size);
	return isTie ? (Math.round(50 * size) / 50).toFixed(2) : size.toFixed(2);
}
