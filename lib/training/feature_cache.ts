import type { Example } from "../dataset/example";
import type { Item, MapChain } from "../dataset/map_chain";
import type { Features, Stackable } from "../dataset/produce";
import type { Inference } from "../graph/inference";

interface Entry {
	/** Undefined once it has left the cache. */
	features: Features | undefined;
	readonly bytes: number;
	/** The number of the run that used it last. */
	lastRun: number;
}

/** All entries of all feature caches, the least recently used first. */
const entries = new Set<Entry>();
let totalBytes = 0;
let runs = 0;

/** Returns how many examples have cached features, and their bytes, over all models. */
export function cachedFeatures(): { count: number; bytes: number } {
	return { count: entries.size, bytes: totalBytes };
}

function remove(entry: Entry): void {
	if (!entries.delete(entry)) return;
	totalBytes -= entry.bytes;
	// The entry itself stays as long as its example.
	entry.features = undefined;
}

/** Removes an entry once its example, its maps or its feature extractor is no longer in use. */
const collected = new FinalizationRegistry<Entry>(remove);

/** The features of one feature extractor, by the maps of an example and by the example itself. */
type Store = WeakMap<MapChain, WeakMap<Example, Entry>>;

/** Copies an array that is part of a larger one, which it would keep in memory. */
function ownCopy({ shape, data }: Stackable): Stackable {
	const isPart = data.byteLength < data.buffer.byteLength;
	return { shape, data: isPart ? data.slice() : data };
}

const stores = new WeakMap<Inference, Store>();

/** The feature cache of one feature extractor, during one run of `fit`, `evaluate` or `predict`. */
export class FeatureCache {
	private readonly run = ++runs;
	private readonly store: Store;

	/** @param maxBytes the maximum bytes of all feature caches together */
	constructor(
		extractor: Inference,
		private readonly maxBytes: number,
	) {
		this.store = stores.get(extractor) ?? new WeakMap();
		stores.set(extractor, this.store);
	}

	/** Returns the features that were computed before with the same weights, settings and maps. */
	get(item: Item): Features | undefined {
		const entry = this.find(item);
		if (!entry) return undefined;
		entry.lastRun = this.run;
		entries.delete(entry);
		entries.add(entry);
		return entry.features;
	}

	/**
	 * Keeps features if the maps are deterministic and there is room. Entries that this run has not used make room, the
	 * least recently used first. Entries that it has used stay, or a run over more than fits would never find anything.
	 */
	set(item: Item, features: Features): void {
		const { example, chain } = item;
		if (!chain.isDeterministic || this.find(item)) return;
		const bytes = features.values.reduce(
			(sum, { data }) => sum + data.byteLength,
			0,
		);
		if (bytes > this.maxBytes) return;
		for (const oldest of entries) {
			if (totalBytes + bytes <= this.maxBytes) break;
			if (oldest.lastRun === this.run) return;
			remove(oldest);
		}
		const kept = { ...features, values: features.values.map(ownCopy) };
		const entry: Entry = { features: kept, bytes, lastRun: this.run };
		entries.add(entry);
		totalBytes += bytes;
		const byExample = this.store.get(chain) ?? new WeakMap<Example, Entry>();
		this.store.set(chain, byExample.set(example, entry));
		for (const owner of [example, chain, this.store]) {
			collected.register(owner, entry);
		}
	}

	private find({ example, chain }: Item): Entry | undefined {
		const entry = this.store.get(chain)?.get(example);
		return entry?.features ? entry : undefined;
	}
}
