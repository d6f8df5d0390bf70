// The multipliers and the key's increments, from the paper named below.
const multiplierA = 0xd2511f53;
const multiplierB = 0xcd9e8d57;
const keyStepA = 0x9e3779b9;
const keyStepB = 0xbb67ae85;
const rounds = 10;

/**
 * TensorFlow's random numbers: Philox 4x32-10, a counter-based generator (Salmon, Moraes, Dror, Shaw: "Parallel
 * Random Numbers: As Easy as 1, 2, 3", SC 2011), seeded and read as `tensorflow::random::PhiloxRandom` and its
 * `SingleSampleAdapter` do (`tsl/lib/random/philox_random.h`).
 *
 * @param seed the low 32 bits of the key; the high ones are 0
 * @param seed2 the low 32 bits of the upper half of the counter; the high ones are 0
 * @returns a function that returns the next number: an integer from 0 up to, but not including, 2^32
 */
export function philox(seed: number, seed2: number): () => number {
	const counter = Uint32Array.of(0, 0, seed2, 0);
	let block: Uint32Array = new Uint32Array(0);
	let next = 0;
	return () => {
		if (next === block.length) {
			block = encrypt(counter, seed);
			next = 0;
			increment(counter);
		}
		return block[next++] as number;
	};
}

function encrypt(counter: Uint32Array, seed: number): Uint32Array {
	let [a = 0, b = 0, c = 0, d = 0] = counter;
	for (let round = 0; round < rounds; round++) {
		const keyA = seed + Math.imul(round, keyStepA);
		const keyB = Math.imul(round, keyStepB);
		[a, b, c, d] = [
			multiplyHigh(multiplierB, c) ^ b ^ keyA,
			Math.imul(multiplierB, c),
			multiplyHigh(multiplierA, a) ^ d ^ keyB,
			Math.imul(multiplierA, a),
		];
	}
	return Uint32Array.of(a, b, c, d);
}

/** The upper 32 of the 64 bits of the product of two unsigned 32-bit integers. */
function multiplyHigh(x: number, y: number): number {
	return Number((BigInt(x) * BigInt(y >>> 0)) >> 32n) | 0;
}

function increment(counter: Uint32Array): void {
	for (let i = 0; i < counter.length; i++) {
		counter[i] = (counter[i] as number) + 1;
		if (counter[i] !== 0) return;
	}
}
