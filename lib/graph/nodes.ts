import type { tf } from "../tf";

/** One call of one layer in a functional model, as tfjs records it. */
export type Node = tf.layers.Layer["inboundNodes"][number];

/** Lists the calls that lead from a model's inputs to its outputs, each after those that compute its inputs. */
export function listNodes(model: tf.LayersModel): Node[] {
	const inputs = new Set(model.inputs.map((tensor) => tensor.id));
	const seen = new Set<Node>();
	const nodes: Node[] = [];
	const visit = (tensor: tf.SymbolicTensor): void => {
		const node = tensor.sourceLayer.inboundNodes[tensor.nodeIndex];
		if (!node || seen.has(node)) return;
		seen.add(node);
		if (!inputs.has(tensor.id)) node.inputTensors.forEach(visit);
		nodes.push(node);
	};
	model.outputs.forEach(visit);
	return nodes;
}
