import type { tf } from "../tf";
import type { Graph } from "./graph";

/**
 * The regularization losses of the layers that are trained, each layer once however often it is called. Those of frozen layers
 * do not count, as in Keras (`Layer._get_regularization_losses`).
 */
export function regularizationLosses({ steps }: Graph): (() => tf.Scalar)[] {
	const trained = steps.filter(({ frozen }) => !frozen);
	return [...new Set(trained.map(({ layer }) => layer))].flatMap(
		(layer) => layer.losses as unknown as (() => tf.Scalar)[],
	);
}
