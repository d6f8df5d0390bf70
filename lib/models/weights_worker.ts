// Reads a weights file in a thread of its own, which read_weights.ts starts and ends.
import { parentPort, workerData } from "node:worker_threads";
import { readHdf5 } from "./hdf5";
import { type FoundWeights, matchWeights } from "./match_weights";
import type { LayerWeights } from "./saved_layers";
import { WeightsError } from "./weights_error";

/** What the thread is given. */
export interface WeightsRequest {
	/** The file's name, for errors. */
	readonly file: string;
	readonly bytes: Uint8Array;
	readonly layers: readonly LayerWeights[];
}

/** What it answers. */
export type WeightsAnswer =
	| { readonly found: FoundWeights }
	| { /** The error's message. */ readonly refusal: string };

/** In bytes; MobileNetV2's largest file needs a quarter. A damaged file can ask for two gigabytes. */
const maxMemory = 256 * 2 ** 20;
const pageSize = 2 ** 16;

interface Memory {
	readonly buffer: ArrayBuffer;
	grow(pages: number): number;
}

// @types/node 20 has no WebAssembly.
const memory = (
	globalThis as unknown as {
		readonly WebAssembly: { readonly Memory: { readonly prototype: Memory } };
	}
).WebAssembly.Memory.prototype;
const { grow } = memory;
memory.grow = function (this: Memory, pages) {
	if (this.buffer.byteLength + pages * pageSize > maxMemory) {
		throw new RangeError("the file needs too much memory");
	}
	return grow.call(this, pages);
};

async function answer({
	file,
	bytes,
	layers,
}: WeightsRequest): Promise<WeightsAnswer> {
	try {
		const found = await readHdf5(file, bytes, (root) =>
			matchWeights(root, file, layers),
		);
		return { found };
	} catch (error) {
		if (!(error instanceof WeightsError)) throw error;
		return { refusal: error.message };
	}
}

answer(workerData as WeightsRequest).then((answer) =>
	parentPort?.postMessage(answer),
);
