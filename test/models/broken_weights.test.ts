import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import { mobileNetV2, TransferLearningError } from "transfer-learning";
import { tf } from "../../lib/dist/tf";
import { root, runPython } from "../support/python";

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
	await assertRefused(
		"folder.h5",
		/cannot be read: illegal operation on a directory/,
	);

	const model = await mobileNetV2({
		inputShape: [96, 96, 3],
		alpha: 0.35,
		weights: path.join(folder, "whole.h5"),
	});
	model.dispose();
});

/** Loads each file in a process of its own, whose output shows what HDF5 itself prints: an array of messages, or "read". */
const loadEach = `
const { mobileNetV2 } = require("transfer-learning");
(async () => {
	const outcomes = [];
	for (const weights of process.argv.slice(1)) {
		try {
			(await mobileNetV2({ inputShape: [96, 96, 3], alpha: 0.35, weights })).dispose();
			outcomes.push("read");
		} catch (error) {
			outcomes.push(error.message);
		}
	}
	console.log(JSON.stringify(outcomes));
})();`;

test("damaged weights files are refused in one line each, HDF5 prints nothing, and the files after them are read", () => {
	const whole = path.join(folder, "whole.h5");
	const bytes = fs.readFileSync(whole);
	const files = [100, 800, 2000, 2500].flatMap((at) => {
		const file = path.join(folder, `damaged-${at}.h5`);
		fs.writeFileSync(file, Buffer.from(bytes).fill(0xff, at, at + 40));
		return [file, whole];
	});
	const { stdout, stderr } = spawnSync(
		process.execPath,
		["-e", loadEach, ...files],
		{
			cwd: root,
			encoding: "utf8",
			env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" },
		},
	);
	const printed = stderr
		.split("\n")
		.filter((line) => /HDF5|H5|abort/i.test(line));
	assert.deepEqual(printed.slice(0, 5), []);
	const outcomes = JSON.parse(stdout) as string[];
	assert.equal(outcomes.length, files.length);
	for (const [i, file] of files.entries()) {
		if (file === whole) assert.equal(outcomes[i], "read");
		else {
			assert.match(
				outcomes[i] as string,
				/^The weights file [^\n]+ is damaged[^\n]+ Replace it with a whole copy\.[^\n]+$/,
			);
		}
	}
});

test("a weights file cannot make the reader open another file", async () => {
	const secret = path.join(folder, "secret.bin");
	fs.writeFileSync(secret, new Float32Array(3 * 3 * 3 * 16).fill(7));
	runPython(
		`
import shutil, sys, h5py
folder = sys.argv[1]
shutil.copy(folder + "/whole.h5", folder + "/external.h5")
shutil.copy(folder + "/whole.h5", folder + "/linked.h5")
def kernel(f):
    names = []
    f["model_weights/Conv1"].visititems(lambda n, o: names.append(n) if n.endswith("kernel") else None)
    return "model_weights/Conv1/" + names[0]
with h5py.File(folder + "/external.h5", "a") as f:
    name = kernel(f)
    del f[name]
    f.create_dataset(name, shape=(3, 3, 3, 16), dtype="<f4", external=[(folder + "/secret.bin", 0, h5py.h5f.UNLIMITED)])
with h5py.File(folder + "/linked.h5", "a") as f:
    name = kernel(f)
    del f[name]
    f[name] = h5py.ExternalLink(folder + "/whole.h5", name)
print("{}")`,
		[folder],
	);
	await assertRefused("external.h5", /is damaged|does not fit/);
	await assertRefused("linked.h5", /is damaged|does not fit/);
});

test("arrays that are not of 32- or 64-bit floats are refused", async () => {
	runPython(
		`
import shutil, sys, h5py, numpy
folder = sys.argv[1]
shutil.copy(folder + "/whole.h5", folder + "/text-array.h5")
with h5py.File(folder + "/text-array.h5", "a") as f:
    names = []
    f["model_weights/bn_Conv1"].visititems(lambda n, o: names.append(n) if n.endswith("gamma") else None)
    name = "model_weights/bn_Conv1/" + names[0]
    size = f[name].shape
    del f[name]
    f[name] = numpy.full(size, b"1.0")
print("{}")`,
		[folder],
	);
	await assertRefused("text-array.h5", /layer bn_Conv1 .*floats/);
});
