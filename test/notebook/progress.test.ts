import assert from "node:assert/strict";
import { test } from "node:test";
import { createProgress } from "../../lib/dist/notebook/progress";
import { formatSeconds } from "../../lib/dist/text";
import { root, runPython } from "../support/python";

test("what is done within a second goes unsaid, unless it has a result to tell", (t) => {
	const log = t.mock.method(console, "log", () => {});
	const progress = createProgress("Working");
	progress.update(0.5);
	progress.end();
	assert.equal(log.mock.callCount(), 0);
	progress.end("all there");
	assert.deepEqual(log.mock.calls[0]?.arguments, ["Working: all there"]);
});

test("without a terminal a line tells of every tenth of the way", (t) => {
	const log = t.mock.method(console, "log", () => {});
	let now = 0;
	t.mock.method(performance, "now", () => now);
	const progress = createProgress("Working");
	now += 1010;
	progress.update(0.5, "half");
	progress.update(0.51, "much too soon");
	now += 260;
	progress.update(0.55, "no tenth more");
	now += 260;
	progress.update(0.7);
	progress.end();
	const lines = log.mock.calls.map(({ arguments: [line] }) => line);
	assert.deepEqual(lines.slice(0, 2), ["Working 50 % half", "Working 70 %"]);
	assert.match(lines[2], /^Working: done in 1\.\d s$/);
});

const training = `
const { fit, ImageDataset } = require("transfer-learning");
const tf = require("@tensorflow/tfjs-node-gpu");
const examples = Array.from({ length: 64 }, (_, i) => ({ id: String(i), label: i % 2, read() {} }));
const wait = () => new Promise((done) => setTimeout(done, 60));
const toImage = async (example) => (await wait(), { ...example, image: { data: new Float32Array(12).fill(example.label), shape: [2, 2, 3] } });
const batches = ImageDataset.from(examples).map(toImage).batch(4);
const model = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [2, 2, 3] }), tf.layers.dense({ units: 1, activation: "sigmoid" })] });
model.compile({ optimizer: "adam", loss: "binaryCrossentropy", metrics: ["accuracy"] });
fit(model, batches, { epochs: Number(process.argv[1]) });`;

/** Runs the training in a terminal, and presses Ctrl-C once it shows `stopAt`. */
function runInTerminal(epochs: number, stopAt = "") {
	const script = `
import json, os, pty, signal, subprocess, sys
node, root, source, epochs, stop_at = sys.argv[1:]
main, side = pty.openpty()
process = subprocess.Popen([node, '-e', source, epochs], cwd=root, stdin=side, stdout=side, stderr=side, start_new_session=True)
os.close(side)
text = ''
while True:
    try:
        part = os.read(main, 4096)
    except OSError:
        break
    if not part:
        break
    text += part.decode(errors='replace')
    if stop_at and stop_at in text:
        stop_at = ''
        process.send_signal(signal.SIGINT)
print(json.dumps({'text': text, 'status': process.wait(timeout=60)}))`;
	return runPython<{ text: string; status: number }>(script, [
		process.execPath,
		root,
		training,
		String(epochs),
		stopAt,
	]);
}

test("in a terminal a bar runs in place and leaves a line an epoch", () => {
	const { text, status } = runInTerminal(2);
	assert.equal(status, 0, text);
	assert.match(
		text,
		/Epoch 1\/2 [█░]{12} \d+\/16 - ≤ \d+ s left - loss: \S+ - accuracy: \S+ /,
	);
	assert.match(
		text,
		/Epoch 1\/2 - \d+\.\d\d s - loss: \S+ - accuracy: \S+\r\n/,
	);
	assert.match(
		text,
		/Epoch 2\/2 - \d+\.\d\d s - loss: \S+ - accuracy: \S+\r\n$/,
	);
});

test("in a terminal the first Ctrl-C ends a script that trains", () => {
	const { status } = runInTerminal(1000, " 9/16 - ");
	assert.equal(status, -2, "ended by SIGINT");
});

test("times are told in the two greatest of their units", () => {
	assert.deepEqual([41.6, 185, 4320].map(formatSeconds), [
		"42 s",
		"3 min 05 s",
		"1 h 12 min",
	]);
});
