import type { Stackable } from "../data/batches";
import type { ImageDataset } from "../data/dataset";
import type { Example, ImageExample } from "../data/example";
import type { Graph } from "../model/graph";
import { configOf } from "../model/layer_config";
import type { tf } from "../tf";

/** What a frozen prefix makes of one example: the values that it hands on. */
export type Row = readonly Stackable[];

/** Rows by example, for each chain of `map`s that examples pass on their way to the prefix. */
export class KeptRows {
	/** How many bytes the rows of examples that are still in use take. */
	bytes = 0;
	private readonly collected = new FinalizationRegistry<number>((bytes) => {
		this.bytes -= bytes;
	});
	private readonly rows: {
		readonly maps: ImageDataset["maps"];
		readonly of: WeakMap<Example, Row>;
	}[] = [];

	/** The rows that there are of a data set's examples, to look up and to add to. */
	of({ maps }: ImageDataset<ImageExample>): WeakMap<Example, Row> {
		const same = this.rows.find(
			(known) =>
				known.maps.length === maps.length &&
				known.maps.every((map, i) => map === maps[i]),
		);
		if (same) return same.of;
		const rows = new WeakMap<Example, Row>();
		this.rows.push({ maps, of: rows });
		return rows;
	}

	/** Notes that an example's row is kept. */
	count(example: Example, bytes: number): void {
		this.bytes += bytes;
		this.collected.register(example, bytes);
	}
}

interface Known {
	readonly steps: string;
	readonly weights: readonly object[];
	readonly rows: KeptRows;
}

/** By the data of a prefix's first weight: with the weights go the rows. */
const known = new WeakMap<object, Known>();

/**
 * The rows of a prefix: those that the last call gave for the same layers with the same weights, in whatever model they
 * are, or none. A prefix without weights is quick to compute, and always begins with none.
 *
 * A weight that is assigned gets new data, in tfjs; so the same data are the same values.
 */
export function keptRowsOf(prefix: Graph): KeptRows {
	const weights = prefix.steps.flatMap(({ layer }) =>
		layer.weights.map((weight) => (weight.read() as tf.Tensor).dataId),
	);
	const [first] = weights;
	if (first === undefined) return new KeptRows();
	const steps = describe(prefix);
	const last = known.get(first);
	if (
		last?.steps === steps &&
		last.weights.length === weights.length &&
		last.weights.every((weight, i) => weight === weights[i])
	) {
		return last.rows;
	}
	const rows = new KeptRows();
	known.set(first, { steps, weights, rows });
	return rows;
}

/** The layers' classes and settings, and how they are connected. Names say nothing. */
function describe({ steps, outputs }: Graph): string {
	const layers = steps.map(({ layer, inputs, outputs }) => {
		const config = { ...configOf(layer), name: undefined };
		return [layer.getClassName(), config, inputs, outputs];
	});
	return JSON.stringify([layers, outputs]);
}
