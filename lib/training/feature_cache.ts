import type { Example } from "../dataset/example";
import type { Item, MapChain } from "../dataset/map_chain";
import type { Features } from "../dataset/produce";
import type { Graph } from "../graph/graph";
import { configOf } from "../graph/layer_config";
import type { tf } from "../tf";

interface Entry {
	readonly row: Features;
	readonly bytes: number;
	/** The number of the run that used it last. */
	lastRun: number;
}

/** All entries of all feature caches, the least recently used first. */
const entries = new Set<Entry>();
let totalBytes = 0;
let runs = 0;

/** How many rows are kept, and their bytes, over all models. */
export function cachedFeatures(): { count: number; bytes: number } {
	return { count: entries.size, bytes: totalBytes };
}

function remove(entry: Entry): void {
	if (entries.delete(entry)) totalBytes -= entry.bytes;
}

/** Removes an entry as soon as its example, its maps or its network are not in use any more. */
const collected = new FinalizationRegistry<Entry>(remove);

/** The rows that one feature extractor made, by example and by the maps that the example passed. */
class FeatureStore {
	private readonly rows = new WeakMap<MapChain, WeakMap<Example, Entry>>();

	find({ example, chain }: Item): Entry | undefined {
		const entry = this.rows.get(chain)?.get(example);
		return entry && entries.has(entry) ? entry : undefined;
	}

	add({ example, chain }: Item, entry: Entry): void {
		let byExample = this.rows.get(chain);
		if (!byExample) {
			byExample = new WeakMap();
			this.rows.set(chain, byExample);
		}
		byExample.set(example, entry);
		for (const owner of [example, chain, this]) {
			collected.register(owner, entry);
		}
	}
}

/** One run of `fit`, `evaluate` or `predict` over a feature cache. */
export class FeatureCache {
	private readonly run = ++runs;

	constructor(
		private readonly store: FeatureStore,
		/** How many bytes all feature caches may take together. */
		private readonly maxBytes: number,
	) {}

	/** The row that was made of an example before, with the same weights, settings and maps. */
	get(item: Item): Features | undefined {
		const entry = this.store.find(item);
		if (!entry) return undefined;
		entry.lastRun = this.run;
		entries.delete(entry);
		entries.add(entry);
		return entry.row;
	}

	/**
	 * Keeps a row if its maps always give the same result and there is room. What this run has not used goes first, the least
	 * recently used before all; what it has used stays, or a run over more than fits would find nothing again.
	 */
	set(item: Item, row: Features): void {
		if (!item.chain.isDeterministic || this.store.find(item)) return;
		const bytes = row.values.reduce(
			(sum, { data }) => sum + data.byteLength,
			0,
		);
		if (bytes > this.maxBytes) return;
		for (const oldest of entries) {
			if (totalBytes + bytes <= this.maxBytes) break;
			if (oldest.lastRun === this.run) return;
			remove(oldest);
		}
		const entry = { row, bytes, lastRun: this.run };
		entries.add(entry);
		totalBytes += bytes;
		this.store.add(item, entry);
	}
}

interface Known {
	readonly description: string;
	readonly weights: readonly object[];
	readonly store: FeatureStore;
}

/** By the data of the first weight: with the weights go the features. */
const stores = new WeakMap<object, Known[]>();
const withoutWeights = {};

/**
 * The features that a graph computed before in whatever model, with the same settings and the same weights.
 *
 * A weight that is assigned gets new data, in tfjs; so the same data are the same values.
 */
export function featureStoreOf(extractor: Graph): FeatureStore {
	const weights = extractor.steps.flatMap(({ layer }) =>
		layer.weights.map((weight) => (weight.read() as tf.Tensor).dataId),
	);
	const key = weights[0] ?? withoutWeights;
	const description = describe(extractor);
	const known = stores.get(key) ?? [];
	const isSame = (one: Known) =>
		one.weights.length === weights.length &&
		one.weights.every((weight, i) => weight === weights[i]);
	const found = known.find(
		(one) => one.description === description && isSame(one),
	);
	if (found) return found.store;
	const store = new FeatureStore();
	// The same layers with other weights: those weights were assigned since, and do not come back.
	const rest = known.filter((one) => one.description !== description);
	stores.set(key, [...rest, { description, weights, store }]);
	return store;
}

/** The layers' classes and settings, and how they are connected. Names say nothing. */
function describe({ steps, outputs }: Graph): string {
	const layers = steps.map(({ layer, inputs, outputs }) => {
		const config = { ...configOf(layer), name: undefined };
		return [layer.getClassName(), config, inputs, outputs];
	});
	return JSON.stringify([layers, outputs]);
}
