import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { promisify, stripVTControlCharacters } from "node:util";
import { python, root } from "../support/python";
import { send, serve } from "../support/server";
import { until } from "../support/until";
import { writeZip } from "../support/zip";

const setUp = `import * as tf from '@tensorflow/tfjs-node-gpu';
import { evaluate, fit, ImageDataset } from 'transfer-learning';
const wait = () => new Promise((done) => setTimeout(done, 20));
const toImage = async (example) => {
  await wait();
  return { ...example, image: { data: new Float32Array(12).fill(example.label), shape: [2, 2, 3] as const } };
};
const examples = (count: number) => Array.from({ length: count }, (_, i) => ({ id: String(i), label: i % 2, read: async () => Buffer.alloc(0) }));
const batches = (count: number) => ImageDataset.from(examples(count)).map(toImage).batch(4);
const model = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [2, 2, 3] }), tf.layers.dense({ units: 1, activation: 'sigmoid' })] });
model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });`;

/**
 * Runs cells in the project's kernel; those that begin with `// interrupt at …` are interrupted when they show what that
 * pattern matches, and the one that runs when `interrupt` resolves is interrupted then.
 */
async function runCells(
	cells: readonly string[],
	interrupt?: Promise<void>,
): Promise<{ status: string; text: string }[]> {
	const script = `
import atexit, json, re, sys, threading
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name='tslab', cwd=sys.argv[1])
def interrupt_when_told():
    if sys.stdin.readline(): manager.interrupt_kernel()
threading.Thread(target=interrupt_when_told, daemon=True).start()
atexit.register(manager.shutdown_kernel, now=True)
results = []
for source in json.loads(sys.argv[2]):
    texts = []
    awaited = source.split('\\n')[0].removeprefix('// interrupt at ') if source.startswith('// interrupt at ') else None
    def keep(message):
        content = message['content']
        global awaited
        texts.append(content.get('text') or '\\n'.join(content.get('traceback', [])) or content.get('data', {}).get('text/plain', ''))
        if awaited and re.search(awaited, texts[-1]):
            awaited = None
            threading.Timer(0, manager.interrupt_kernel).start()
    reply = client.execute_interactive(source, output_hook=keep, timeout=60)
    results.append({'status': reply['content']['status'], 'text': '\\n'.join(texts)})
print(json.dumps(results))`;
	// Not `runPython`, which would keep this process, and the servers in it, from doing anything else.
	const args = ["-c", script, `${root}/notebooks`, JSON.stringify(cells)];
	const running = promisify(execFile)(python, args);
	interrupt?.then(() => running.child.stdin?.write("interrupt\n"));
	const { stdout } = await running;
	const results: { status: string; text: string }[] = JSON.parse(
		stdout.trimEnd().split("\n").at(-1) ?? "",
	);
	return results.map(({ status, text }) => ({
		status,
		text: stripVTControlCharacters(text),
	}));
}

test("the kernel's interruption ends fit with the history so far, and fails evaluate; what follows runs", async () => {
	const [ready, trained, after, evaluated, last] = await runCells([
		setUp,
		`// interrupt at Epoch ([6-9]|[0-9]{2,})/
const history = await fit(model, batches(20), { epochs: 1000, validationData: batches(8) });
console.log('the cell goes on');`,
		"console.log(history.loss.length, history.val_loss.length, history.seconds.length, history.loss.length > 2);",
		`// interrupt at Evaluating
await evaluate(model, batches(4000));`,
		"console.log('the kernel is well', tf.memory().numTensors > 0);",
	]);
	assert.equal(ready?.status, "ok", ready?.text);
	assert.equal(trained?.status, "ok", trained?.text);
	assert.match(trained?.text ?? "", /Interrupted in epoch \d+\/1000/);
	assert.match(trained?.text ?? "", /the cell goes on/);
	assert.match(after?.text.trim() ?? "", /^(\d+) \1 \1 true$/);
	assert.equal(evaluated?.status, "error");
	assert.match(
		evaluated?.text ?? "",
		/evaluate was interrupted after batch \d+ of 1000/,
	);
	assert.match(last?.text ?? "", /the kernel is well true/);
});

test("the kernel's interruption ends load's download with an error; run again, the cell goes on where it stopped", async (t) => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), "interrupt-"));
	t.after(() => fs.rmSync(folder, { recursive: true }));
	const content = Buffer.alloc(50_000, "JFIF");
	const bytes = writeZip(
		["Cat/1", "Cat/2", "Dog/1", "Dog/2"].map((name) => ({
			name: `PetImages/${name}.jpg`,
			content,
			method: 0,
		})),
	);
	const etag = '"1"';
	const { url, requests } = await serve(
		t,
		send(bytes, { etag, stallAfter: 100_000 }),
		send(bytes, { etag }),
	);
	const file = path.join(folder, "photos.zip");
	const sha256 = createHash("sha256").update(bytes).digest("hex");
	const official = { url, file, size: bytes.length, sha256 };
	// By its path, as the package exports nothing but its index.
	const officialModule = path.join(root, "lib/dist/sources/official.js");
	const loadCell = `const loaded = await load('cats_vs_dogs');
console.log('loaded', loaded.train.size);`;
	const part = `${file}.part`;
	const arrived = until(
		folder,
		() => fs.statSync(part, { throwIfNoEntry: false })?.size === 100_000,
	);
	const [ready, interrupted, waited, again] = await runCells(
		[
			`import { load } from 'transfer-learning';
const { officialArchive } = require(${JSON.stringify(officialModule)});
Object.assign(officialArchive, ${JSON.stringify(official)});
delete process.env.CATS_VS_DOGS;`,
			loadCell,
			// Time for what the interrupted cell must not print.
			`await new Promise((done) => setTimeout(done, 1000));
console.log('quiet');`,
			"const again = await load('cats_vs_dogs');",
		],
		arrived,
	);
	assert.equal(ready?.status, "ok", ready?.text);
	assert.equal(interrupted?.status, "error", interrupted?.text);
	assert.match(
		interrupted?.text ?? "",
		/TransferLearningError: load was interrupted\. Run the cell again: a download resumes where it stopped/,
	);
	assert.doesNotMatch(interrupted?.text ?? "", /loaded \d/);
	assert.equal(waited?.text.trim(), "quiet");
	// Of the official size now, it passes for a full archive, and is refused once it was looked through.
	assert.match(again?.text ?? "", /photos\.zip has 0 damaged images out of/);
	assert.equal(requests.length, 2);
	assert.equal(requests[1]?.headers.range, "bytes=100000-");
	assert.ok(fs.readFileSync(file).equals(bytes));
});
