import { nodeBackend } from "../kernels/node_backend";
import type { tf } from "../tf";

/** A function that was traced: a TensorFlow graph in a session of its own. */
export class TracedGraph {
	/** @param id the number of the loaded SavedModel */
	constructor(
		readonly id: number,
		private readonly inputNames: readonly { readonly name: string }[],
		private readonly outputNames: readonly string[],
		/** The variables whose values are inputs, after the function's own. */
		private readonly fed: readonly tf.Variable[],
		/** The variables whose values became constants, with the data that they had. */
		private readonly constants: ReadonlyMap<tf.Variable, object>,
	) {}

	/** Runs the graph on tensors of the shapes and types that it was traced with; the caller disposes the results. */
	run(inputs: readonly tf.Tensor[]): tf.Tensor[] {
		return nodeBackend().runSavedModel(
			this.id,
			[...inputs, ...this.fed],
			this.inputNames,
			this.outputNames,
		);
	}

	/** Lists the variables that are constants of the graph, but have another value by now. */
	changed(): tf.Variable[] {
		return [...this.constants]
			.filter(([{ dataId }, data]) => dataId !== data)
			.map(([variable]) => variable);
	}
}

/** Frees a traced graph. */
export function freeGraph(id: number): void {
	nodeBackend().deleteSavedModel(id);
}
