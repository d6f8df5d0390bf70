import { createHash } from "node:crypto";

// How TensorFlow Datasets 4.9 orders a split, verified against the real builder: its writer sorts the examples
// by a salted hash and cuts the sorted list into shards; its reader then interleaves blocks from the shards.

/** Records that the reader takes from one shard before it moves on (`block_length` of `tf.data`'s interleave). */
const blockLength = 16;
/** Shards that it reads in turn; when one ends, the next takes its place (`cycle_length`). */
const cycleLength = 16;

/** A range of examples, counted through all shards: from `from` up to, but not including, `to`. */
export interface Range {
	readonly from: number;
	readonly to: number;
}

/**
 * Sorts keys into the order in which TensorFlow Datasets reads them.
 *
 * @param keys the builder's keys, such as `PetImages/Dog/4077.jpg`, in any order
 * @param split the split's name, which salts the hash
 * @param shards the number of files to which the split was written
 * @param range the examples to read, by default all
 */
export function orderLikeTfds(
	keys: readonly string[],
	split: string,
	shards: number,
	range: Range = { from: 0, to: keys.length },
): string[] {
	const sorted = sortByHash(keys, split);
	return interleave(sliceShards(cutIntoShards(sorted, shards), range));
}

function sortByHash(keys: readonly string[], salt: string): string[] {
	const md5 = (key: string) =>
		createHash("md5").update(salt).update(key).digest("hex");
	return keys
		.map((key) => ({ key, digest: md5(key) }))
		.sort((a, b) => (a.digest < b.digest ? -1 : 1))
		.map(({ key }) => key);
}

/** Cuts a list into `shards` parts of nearly equal length, with the boundaries of TensorFlow Datasets. */
export function cutIntoShards<T>(list: readonly T[], shards: number): T[][] {
	const boundary = (i: number) => roundHalfToEven((list.length * i) / shards);
	return Array.from({ length: shards }, (_, i) =>
		list.slice(boundary(i), boundary(i + 1)),
	);
}

/** The part of each shard that lies in `range`, without empty parts. */
function sliceShards<T>(
	shards: readonly (readonly T[])[],
	{ from, to }: Range,
): T[][] {
	let start = 0;
	const parts = shards.map((shard) => {
		const part = shard.slice(
			Math.max(0, from - start),
			Math.max(0, to - start),
		);
		start += shard.length;
		return part;
	});
	return parts.filter((part) => part.length > 0);
}

/** Reads shards as `tf.data.Dataset.interleave` does. */
function interleave<T>(shards: readonly (readonly T[])[]): T[] {
	const waiting = shards.map((shard) => ({ shard, at: 0 }));
	const cycle: ((typeof waiting)[number] | undefined)[] =
		Array(cycleLength).fill(undefined);
	const result: T[] = [];
	while (waiting.length > 0 || cycle.some(Boolean)) {
		for (const [i, slot] of cycle.entries()) {
			const open = slot ?? waiting.shift();
			if (open === undefined) continue;
			result.push(...open.shard.slice(open.at, open.at + blockLength));
			open.at += blockLength;
			// A shard that ends with a full block is only found empty in the next round, which it uses up.
			cycle[i] = open.at > open.shard.length ? undefined : open;
		}
	}
	return result;
}

/** Rounds as Python's `round` does: 17446.5 becomes 17446, where `Math.round` returns 17447. */
export function roundHalfToEven(x: number): number {
	const floor = Math.floor(x);
	if (x - floor !== 0.5) return Math.round(x);
	return floor % 2 === 0 ? floor : floor + 1;
}
