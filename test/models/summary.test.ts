import assert from "node:assert/strict";
import { test } from "node:test";
import { mobileNetV2 } from "transfer-learning";
import { formatSummary } from "../../lib/dist/models/summary";
import { tf } from "../../lib/dist/tf";
import { runPython } from "../support/python";

test("summary prints what Keras's summary prints, for the walkthrough's two models", async () => {
	const [transfer, scratch] = runPython<[string, string]>(`
import json, keras
from keras import layers
def table(model):
    lines = []
    model.summary(print_fn=lambda line, **_: lines.append(line))
    return "\\n".join(lines).rstrip()
base = keras.applications.MobileNetV2(input_shape=(128, 128, 3), include_top=False, weights=None)
base.trainable = False
transfer = keras.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(128, activation="relu"), layers.Dense(1, activation="sigmoid")])
transfer.build((None, 128, 128, 3))
keras.backend.clear_session()
stack = [layers.Input((128, 128, 3))]
for filters in (32, 64, 128, 128):
    stack += [layers.Conv2D(filters, 3, activation="relu"), layers.MaxPooling2D()]
scratch = keras.Sequential(stack + [layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dense(1, activation="sigmoid")])
print(json.dumps([table(transfer), table(scratch)]))`);
	const base = await mobileNetV2({ inputShape: [128, 128, 3], weights: null });
	base.trainable = false;
	const head = () => [
		tf.layers.dense({ units: 128, activation: "relu" }),
		tf.layers.dense({ units: 1, activation: "sigmoid" }),
	];
	const ours = tf.sequential({
		layers: [base, tf.layers.globalAveragePooling2d({}), ...head()],
	});
	assert.equal(withoutNumbers(formatSummary(ours)), withoutNumbers(transfer));

	const convolutions = [32, 64, 128, 128].flatMap((filters, i) => [
		tf.layers.conv2d({
			...(i === 0 && { inputShape: [128, 128, 3] }),
			filters,
			kernelSize: 3,
			activation: "relu",
		}),
		tf.layers.maxPooling2d({ poolSize: 2 }),
	]);
	const ourScratch = tf.sequential({
		layers: [...convolutions, tf.layers.flatten(), ...head()],
	});
	assert.equal(
		withoutNumbers(formatSummary(ourScratch)),
		withoutNumbers(scratch),
	);
});

/** Names as they are in a fresh process: layers made before, in this test, have counted on. Widths stay. */
function withoutNumbers(table: string): string {
	return table
		.trimEnd()
		.replace(/(dense|conv2d|max_pooling2d|flatten|sequential)(_\d+)/g, "$1")
		.replace(/ +/g, " ");
}
