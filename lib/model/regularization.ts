import { TransferLearningError } from "../errors";
import type { tf } from "../tf";
import type { Graph } from "./graph";

/**
 * The regularization losses of the layers that are trained, each layer once however often it is called. Those of frozen layers
 * do not count, as in Keras (`Layer._get_regularization_losses`).
 *
 * @throws TransferLearningError for an `activityRegularizer`, which tfjs accepts and ignores.
 */
export function regularizationLosses(graph: Graph): (() => tf.Scalar)[] {
	const layers = graph.steps.map(({ layer }) => layer);
	for (const { name, activityRegularizer } of layers as ActivityRegularized[]) {
		if (!activityRegularizer) continue;
		throw new TransferLearningError(
			`Layer ${name} has an activityRegularizer, which TensorFlow.js does not compute. Use kernelRegularizer, or build the layer without it.`,
		);
	}
	const trained = graph.steps.filter(({ frozen }) => !frozen);
	return [...new Set(trained.map(({ layer }) => layer))].flatMap(
		(layer) => layer.losses as unknown as (() => tf.Scalar)[],
	);
}

type ActivityRegularized = tf.layers.Layer & {
	readonly activityRegularizer?: unknown;
};
