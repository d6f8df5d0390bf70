import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import { mobileNetV2, TransferLearningError } from "transfer-learning";
import { tf } from "../../lib/dist/tf";
import { runPython } from "../support/python";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "broken-weights-"));
after(() => fs.rmSync(folder, { recursive: true }));

/** Asserts that a file of weights is refused with a message, and that nothing is left of the try. */
async function assertRefused(file: string, message: RegExp): Promise<void> {
	const before = tf.memory().numTensors;
	await assert.rejects(
		mobileNetV2({
			inputShape: [96, 96, 3],
			alpha: 0.35,
			weights: path.join(folder, file),
		}),
		(error: Error) => {
			assert.ok(error instanceof TransferLearningError, String(error));
			assert.match(error.message, message);
			assert.ok(error.message.includes(path.join(folder, file)));
			return true;
		},
	);
	assert.equal(tf.memory().numTensors, before);
}

test("a weights file that does not fit the model, or is not one, is refused with the reason", async () => {
	runPython(
		`
import sys, os, h5py, keras
folder = sys.argv[1]
file = lambda name: os.path.join(folder, name)
def save(name, alpha=0.35):
    keras.backend.clear_session()
    keras.applications.MobileNetV2(input_shape=(96, 96, 3), alpha=alpha, include_top=False, weights=None).save(file(name))
save("whole.h5")
save("wider.h5", alpha=0.5)
save("missing.h5")
with h5py.File(file("missing.h5"), "a") as f:
    del f["model_weights/block_3_expand"]
save("misshapen.h5")
with h5py.File(file("misshapen.h5"), "a") as f:
    group = f["model_weights/bn_Conv1"]
    name = []
    group.visititems(lambda n, o: name.append(n) if n.endswith("gamma") else None)
    del group[name[0]]
    group[name[0]] = [1.0, 2.0]
save("checksum.h5")
with h5py.File(file("checksum.h5"), "a") as f:
    group = f["model_weights/Conv_1"]
    name = []
    group.visititems(lambda n, o: name.append(n) if n.endswith("kernel") else None)
    kernel = group[name[0]][()]
    del group[name[0]]
    offset = group.create_dataset(name[0], data=kernel, fletcher32=True).id.get_chunk_info(0).byte_offset
with open(file("checksum.h5"), "r+b") as f:
    f.seek(offset + 1000)
    f.write(b"damage")
with h5py.File(file("other.h5"), "w") as f:
    f["numbers"] = [1, 2, 3]
print("{}")`,
		[folder],
	);
	const whole = fs.readFileSync(path.join(folder, "whole.h5"));
	fs.writeFileSync(path.join(folder, "cut.h5"), whole.subarray(0, 200_000));
	fs.writeFileSync(path.join(folder, "text.h5"), "no HDF5");
	fs.writeFileSync(path.join(folder, "empty.h5"), "");

	await assertRefused(
		"wider.h5",
		/does not fit: layer \S+ should have a kernel/,
	);
	await assertRefused("missing.h5", /layer block_3_expand /);
	await assertRefused("misshapen.h5", /layer bn_Conv1 should have a gamma of/);
	await assertRefused("other.h5", /is an HDF5 file, but not one of Keras's/);
	await assertRefused("cut.h5", /is truncated: it has 200000 bytes of/);
	await assertRefused(
		"checksum.h5",
		/is damaged: the HDF5 library cannot read it \(filter returned failure during read\)/,
	);
	await assertRefused("text.h5", /is not an HDF5 file/);
	await assertRefused("empty.h5", /is not an HDF5 file/);
	await assertRefused("nowhere.h5", /cannot be read.*Check the path/);
	fs.mkdirSync(path.join(folder, "folder.h5"));
	await assertRefused("folder.h5", /cannot be read: Is a directory/);

	const model = await mobileNetV2({
		inputShape: [96, 96, 3],
		alpha: 0.35,
		weights: path.join(folder, "whole.h5"),
	});
	model.dispose();
});
