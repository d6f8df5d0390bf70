import { createHash } from "node:crypto";
import { roundHalfToEven } from "./round";

// How TensorFlow Datasets 4.9 orders what a builder yields for a split, confirmed against the real
// builder: its writer sorts by a salted hash and cuts the sorted list into shards; its reader then
// takes blocks from the shards in turn.

/** Records that the reader takes from one shard before it goes on to the next (`tf.data`'s `block_length`). */
const blockLength = 16;
/** Shards that it reads by turns; the next ones come in where one ends (`cycle_length`). */
const cycleLength = 16;

/** A range of examples, counted through the shards one after the other: from `from` up to, but not including, `to`. */
export interface Range {
	readonly from: number;
	readonly to: number;
}

/**
 * Brings keys into the order in which TensorFlow Datasets reads them back.
 *
 * @param keys the builder's keys, e.g. `PetImages/Dog/4077.jpg`, in any order
 * @param split the split's name, which salts the hash
 * @param shards into how many files the split was written
 * @param range the part of it that is read, each shard's share in turn. Default: all
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

/** Sorts keys by the MD5 of salt and key: an order that is as good as random, and always the same. */
export function sortByHash(keys: readonly string[], salt: string): string[] {
	const md5 = (key: string) =>
		createHash("md5").update(salt).update(key).digest("hex");
	return keys
		.map((key) => ({ key, digest: md5(key) }))
		.sort((a, b) => (a.digest < b.digest ? -1 : 1))
		.map(({ key }) => key);
}

/** Cuts a list at the multiples of its length divided by `shards`, rounded. */
export function cutIntoShards<T>(list: readonly T[], shards: number): T[][] {
	const boundary = (i: number) => roundHalfToEven((list.length * i) / shards);
	return Array.from({ length: shards }, (_, i) =>
		list.slice(boundary(i), boundary(i + 1)),
	);
}

/** What lies in `range` of each shard; shards with nothing in it are left out. */
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
			// Where a shard ends with a block, that shows only in the next round, which it spends on nothing.
			cycle[i] = open.at > open.shard.length ? undefined : open;
		}
	}
	return result;
}
