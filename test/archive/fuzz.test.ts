import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { root } from "../support/python";
import { attempts, type Target } from "./fuzz_targets";

// FUZZ_SEED=7 FUZZ_SECONDS=600 npm test fuzz looks further. What it finds goes into the corpus.
const seed = process.env.FUZZ_SEED ?? "1";
const seconds = Number(process.env.FUZZ_SECONDS ?? 30);
const inputs = process.env.FUZZ_SECONDS ? Number.POSITIVE_INFINITY : 5000;
/** Below these, something is wrong: a slow machine comes less far within the time. Weights start a thread each. */
const least = { image: 500, archive: 500, weights: 20 };

const corpus = path.join(__dirname, "corpus");
const temp = fs.mkdtempSync(path.join(os.tmpdir(), "fuzz-"));
after(() => fs.rmSync(temp, { recursive: true }));

for (const target of ["image", "archive", "weights"] as const) {
	const attempt = attempts[target];
	for (const name of fs.readdirSync(path.join(corpus, target))) {
		test(`${target} ${name}, which once found something, is read or refused by name`, async () => {
			await attempt(path.join(corpus, target, name));
		});
	}
	test(`no mutated ${target} crashes or hangs the reader, or is read otherwise than it should be`, async () => {
		const result = await fuzz(target);
		console.log(`${target}: ${JSON.stringify(result)}`);
		assert.ok(result.tried >= least[target], `${result.tried} tried`);
		assert.ok(result.read > 0 && result.read < result.tried);
		// 100 megapixels by TensorFlow: bytes, then integers of four bytes twice, then bytes.
		assert.ok(result.peak < 4096, `${result.peak} MiB`);
	});
}

interface FuzzResult {
	/** Inputs tried; of these, read. */
	readonly tried: number;
	readonly read: number;
	/** The longest that one took, in milliseconds. */
	readonly slowest: number;
	/** The process's memory at its peak, in MiB. */
	readonly peak: number;
}

async function fuzz(target: Target): Promise<FuzzResult> {
	const current = path.join(temp, target);
	const worker = spawn(
		process.execPath,
		[
			...["--import", "tsx", path.join(__dirname, "fuzz_worker.ts")],
			...[target, seed, String(inputs), String(seconds), current],
		],
		{ cwd: root, stdio: ["ignore", "pipe", "pipe"] },
	);
	const output = Promise.all([text(worker.stdout), text(worker.stderr)]);
	const [[code, signal], [stdout, stderr]] = await Promise.all([
		once(worker, "close"),
		output,
	]);
	if (code !== 0) {
		const found = path.join(corpus, target, `found-${Date.now()}`);
		fs.copyFileSync(current, found);
		assert.fail(
			`The reader ended with ${signal ?? code} on ${found}; keep that file.\n${stderr.slice(-2000)}`,
		);
	}
	return JSON.parse(stdout) as FuzzResult;
}
