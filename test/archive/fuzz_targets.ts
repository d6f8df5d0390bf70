import assert from "node:assert/strict";
import * as fs from "node:fs";
import { TransferLearningError } from "transfer-learning";
import { openArchive } from "../../lib/dist/archive/archive";
import { decodeImage } from "../../lib/dist/image/decode";
import { rawOp } from "../../lib/dist/kernels/raw_op";
import { readWeights } from "../../lib/dist/models/read_weights";
import type { LayerWeights } from "../../lib/dist/models/saved_layers";
import { tf } from "../../lib/dist/tf";
import { runPython } from "../support/python";

/** What is fuzzed. */
export type Target = "image" | "archive" | "weights";

/**
 * An image is decoded to as many values as its shape says, or refused by name; but for its size, only if TensorFlow
 * refuses it. Returns whether it is read; throws what should not happen.
 */
async function tryImage(file: string): Promise<boolean> {
	const image = fs.readFileSync(file);
	let refusal = "";
	const isRead = await readsOrRefuses("the image", async () => {
		try {
			const { data, shape } = await decodeImage(image, "the image");
			const [height, width, channels] = shape;
			assert.equal(channels, 3);
			assert.ok(height > 0 && width > 0 && height * width <= 100_000_000);
			assert.equal(data.length, height * width * 3);
		} catch (error) {
			refusal = (error as Error).message;
			throw error;
		}
	});
	const isOurs = /WEBP|ftyp|^II|^MM/.test(image.toString("latin1", 0, 16));
	if (!isRead && !isOurs && !/megapixels|scans/.test(refusal)) {
		assert.throws(() => decodeWithTensorFlow(image), Error, refusal);
	}
	return isRead;
}

const decode = rawOp("DecodeImage", {
	channels: 3,
	dtype: { type: "uint8" },
	expand_animations: false,
});

function decodeWithTensorFlow(image: Buffer): void {
	tf.tidy(() => {
		decode(tf.scalar(image as unknown as string, "string"));
	});
}

/** An archive is listed or refused by name; so is each of its members' start and whole. Returns whether it is listed. */
async function tryArchive(file: string): Promise<boolean> {
	return readsOrRefuses(file, async () => {
		for (const member of (await openArchive(file)).slice(0, 20)) {
			const read = () =>
				readsOrRefuses(member.name, async () => {
					const whole = await member.read();
					assert.equal(whole.length, member.size);
					assert.deepEqual(await member.readStart(512), whole.subarray(0, 512));
				});
			await readsOrRefuses(member.name, async () => {
				const start = await member.readStart(512);
				assert.equal(start.length, Math.min(512, member.size));
			});
			await read();
		}
	});
}

/** The layers whose weights the mutated files have; `weightsSeeds` writes them. */
const layers: LayerWeights[] = [
	{
		name: "conv",
		className: "Conv2D",
		weights: [{ name: "conv/kernel", shape: [3, 3, 3, 2] }],
	},
	{
		name: "bn",
		className: "BatchNormalization",
		weights: ["gamma", "beta"].map((name) => ({
			name: `bn/${name}`,
			shape: [2],
		})),
	},
];

/** A weights file is read to arrays of the right sizes, or refused in one line. Returns whether it is read. */
async function tryWeights(file: string): Promise<boolean> {
	return readsOrRefuses(`The weights file ${file}`, async () => {
		try {
			const { layers: found } = await readWeights(file, layers);
			const sizes = found.map((arrays) =>
				arrays.map(({ values }) => values.length),
			);
			assert.deepEqual(sizes, [[54], [2, 2]]);
		} catch (error) {
			assert.doesNotMatch((error as Error).message, /\n/);
			throw error;
		}
	});
}

/** Files of weights in the layouts that Keras saves, and in HDF5's older and newer format. */
export function weightsSeeds(): Buffer[] {
	const files = runPython<string[]>(`
import base64, h5py, io, json, numpy
arrays = {"conv": {"kernel": (3, 3, 3, 2)}, "bn": {"gamma": (2,), "beta": (2,)}}
def save(write, libver):
    bytes = io.BytesIO()
    with h5py.File(bytes, "w", libver=libver) as file:
        write(file)
    return base64.b64encode(bytes.getvalue()).decode()
def legacy(options):
    def write(file):
        file.attrs["layer_names"] = [name.encode() for name in arrays]
        for name, shapes in arrays.items():
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}/{w}:0".encode() for w in shapes]
            for w, shape in shapes.items():
                group.create_dataset(f"{name}/{w}:0", data=numpy.ones(shape, "f4"), **options)
    return write
def nested(file):
    group = file.create_group("model_weights/base")
    file["model_weights"].attrs["layer_names"] = ["base"]
    group.attrs["weight_names"] = [f"{name}/{w}" for name, shapes in arrays.items() for w in shapes]
    for name, shapes in arrays.items():
        for w, shape in shapes.items():
            group[f"{name}/{w}"] = numpy.ones(shape, "f4")
def keras3(file):
    for name, shapes in {"conv2d": [(3, 3, 3, 2)], "batch_normalization": [(2,), (2,)]}.items():
        for i, shape in enumerate(shapes):
            file[f"layers/{name}/vars/{i}"] = numpy.ones(shape, "f8")
packed = dict(chunks=True, compression="gzip", shuffle=True, fletcher32=True)
print(json.dumps([save(write, libver)
    for write in (legacy({}), legacy(packed), nested, keras3)
    for libver in ("earliest", "latest")]))`);
	return files.map((file) => Buffer.from(file, "base64"));
}

async function readsOrRefuses(
	name: string,
	action: () => Promise<void>,
): Promise<boolean> {
	try {
		await action();
		return true;
	} catch (error) {
		if (!(error instanceof TransferLearningError)) throw error;
		assert.ok(error.message.startsWith(name), error.message);
		return false;
	}
}

/** How each target is tried. */
export const attempts: Record<Target, (file: string) => Promise<boolean>> = {
	image: tryImage,
	archive: tryArchive,
	weights: tryWeights,
};
