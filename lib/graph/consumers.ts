import type { Graph, Step } from "./graph";

/** Finds the one step that takes a value of a graph; undefined if several do, or if the value is an output of the graph. */
export function findSoleConsumer(
	graph: Graph,
): (value: number | undefined) => Step | undefined {
	const consumers = new Map<number, Step | undefined>();
	for (const step of graph.steps) {
		for (const value of step.inputs) {
			consumers.set(value, consumers.has(value) ? undefined : step);
		}
	}
	for (const value of graph.outputs) consumers.set(value, undefined);
	return (value) => consumers.get(value ?? -1);
}
