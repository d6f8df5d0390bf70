import assert from "node:assert/strict";
import { test } from "node:test";
import { root, runPython } from "../support/python";

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

/** Runs cells in the project's kernel; those that begin with `// interrupt at …` are interrupted when they show what that pattern matches. */
function runCells(cells: readonly string[]) {
	const script = `
import atexit, json, re, sys, threading, time
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name='tslab', cwd=sys.argv[1])
atexit.register(manager.shutdown_kernel, now=True)
results = []
for source in json.loads(sys.argv[2]):
    texts = []
    awaited = source.split('\\n')[0].removeprefix('// interrupt at ') if source.startswith('// interrupt at ') else None
    def keep(message):
        content = message['content']
        global awaited
        texts.append(content.get('text') or content.get('data', {}).get('text/plain', ''))
        if awaited and re.search(awaited, texts[-1]):
            awaited = None
            threading.Timer(0, manager.interrupt_kernel).start()
    reply = client.execute_interactive(source, output_hook=keep, timeout=60)
    results.append({'status': reply['content']['status'], 'text': '\\n'.join(texts)})
    # After an error tslab drops what comes within 200 ms.
    time.sleep(0.5)
print(json.dumps(results))`;
	return runPython<{ status: string; text: string }[]>(script, [
		`${root}/notebooks`,
		JSON.stringify(cells),
	]);
}

test("the kernel's interruption ends fit with the history so far, and fails evaluate; what follows runs", () => {
	const [ready, trained, after, evaluated, last] = runCells([
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
