// Feeds mutated inputs to the reader. Run by fuzz.test.ts in a process of its own, which may crash:
//   node --import tsx test/archive/fuzz_worker.ts <image|archive|weights> <seed> <inputs> <seconds> <file for the input under way>
import * as fs from "node:fs";
import sharp from "sharp";
import { writeBmp, writeGif, writePng } from "../support/encoded_images";
import { attempts, type Target, weightsSeeds } from "./fuzz_targets";
import { archiveCases, slowStart } from "./hostile_archives";

/** An input that takes longer has hung the reader; HDF5 itself is given 20 s. */
const patience = 60_000;

async function seeds(target: string): Promise<Buffer[]> {
	if (target === "weights") return weightsSeeds();
	const noise = sharp({
		create: {
			width: 40,
			height: 30,
			channels: 3,
			background: "#000",
			noise: { type: "gaussian", mean: 120, sigma: 40 },
		},
	});
	const png = await noise.png().toBuffer();
	const jpeg = await sharp(png).jpeg().toBuffer();
	if (target === "archive") {
		return [
			...archiveCases.map(({ archive }) => archive(jpeg)),
			slowStart(jpeg),
		].filter(({ length }) => length < 30_000);
	}
	return [
		png,
		jpeg,
		await sharp(png).jpeg({ progressive: true }).toBuffer(),
		await sharp(png).toColourspace("cmyk").jpeg().toBuffer(),
		await sharp(png).toColourspace("b-w").jpeg().toBuffer(),
		await sharp(png).png({ palette: true, progressive: true }).toBuffer(),
		await sharp(png).webp().toBuffer(),
		await sharp(png).webp({ lossless: true }).toBuffer(),
		await sharp(png).tiff({ compression: "lzw" }).toBuffer(),
		await sharp(png).avif({ effort: 0 }).toBuffer(),
		writePng(20, 10, { colorType: 6, depth: 16, rowBytes: 160 }),
		writeBmp(13, 7, 24),
		writeGif(16, 12, [
			{ width: 16, height: 12, transparent: 5 },
			{ x: 3, y: 2, width: 8, height: 5 },
		]),
	];
}

/** The numbers of a small generator (Mulberry32), so that a seed gives the same inputs everywhere. */
function generator(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) % below;
	};
}

const extremes = [
	0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff,
];

/** Changes a few things: bits, numbers, parts cut out, doubled or taken from another input. */
function mutate(
	input: Buffer,
	other: Buffer,
	random: (below: number) => number,
): Buffer {
	let bytes = Buffer.from(input);
	for (
		let changes = 1 + random(4);
		changes > 0 && bytes.length > 8;
		changes--
	) {
		const at = random(bytes.length);
		const part = bytes.subarray(at, at + 1 + random(60));
		const extreme = extremes[random(extremes.length)] as number;
		const change = random(8);
		if (change === 0) bytes[at] = (bytes[at] as number) ^ (1 << random(8));
		else if (change === 1) bytes[at] = random(256);
		else if (change === 2 && at <= bytes.length - 4) {
			bytes.writeUInt32LE(extreme, at);
		} else if (change === 3 && at <= bytes.length - 4) {
			bytes.writeUInt32BE(extreme, at);
		} else if (change === 4 && random(4) === 0) bytes = bytes.subarray(0, at);
		else if (change === 5) {
			bytes = Buffer.concat([
				bytes.subarray(0, at),
				bytes.subarray(at + part.length),
			]);
		} else if (change === 6) {
			bytes = Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
		} else {
			const from = random(other.length);
			other.copy(bytes, at, from, from + 1 + random(60));
		}
	}
	return bytes;
}

async function main(): Promise<void> {
	const [kind = "", seed, inputs, seconds, current = ""] =
		process.argv.slice(2);
	const attempt = attempts[kind as Target];
	const all = await seeds(kind);
	const random = generator(Number(seed));
	const pick = () => all[random(all.length)] as Buffer;
	const end = performance.now() + Number(seconds) * 1000;
	let tried = 0;
	let read = 0;
	let slowest = 0;
	while (tried < Number(inputs) && performance.now() < end) {
		fs.writeFileSync(current, mutate(pick(), pick(), random));
		const start = performance.now();
		// A hang would let nothing else of this process run to its end.
		const alarm = setTimeout(() => {
			console.error("The reader hangs.");
			process.exit(1);
		}, patience);
		if (await attempt(current)) read++;
		clearTimeout(alarm);
		slowest = Math.max(slowest, performance.now() - start);
		tried++;
	}
	const peak = process.resourceUsage().maxRSS / 1024;
	console.log(JSON.stringify({ tried, read, slowest, peak }));
}

if (require.main === module) {
	main().catch((error: Error) => {
		console.error(error.stack);
		process.exit(1);
	});
}
