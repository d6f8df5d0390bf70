import { type Example, ImageDataset, type Label } from "transfer-learning";
import { tf } from "../../lib/dist/tf";
import { runPython, writeJson } from "../support/python";

/** The size of the images of these tests. */
export const size = 6;

/** A model here, and the Python that builds the same in Keras. */
export interface Case {
	readonly build: () => tf.LayersModel;
	readonly compile: () => tf.ModelCompileArgs;
	/** Sets `model`; `L` is `keras.layers`, `K` is `keras`. */
	readonly python: string;
	/** The arguments of Keras's `compile`. */
	readonly pythonCompile: string;
	/** What an example is labelled with. */
	readonly label: (i: number) => Label;
	readonly epochs?: number;
	readonly classWeight?: Record<number, number>;
}

/** What Keras made of a case. */
export interface Trained {
	readonly history: Record<string, number[]>;
	readonly evaluation: Record<string, number>;
	readonly predictions: number[][];
	/** Of each layer, in the order of `leafLayers`. */
	readonly weights: number[][];
}

export const count = 22;
export const batchSize = 8;
/** How many of the examples are validation data. */
export const validationCount = 9;

/** Pixels that look random and are the same at every run. */
export function pixelsOf(i: number): Float32Array {
	return Float32Array.from(
		{ length: size * size * 3 },
		(_, k) => (Math.sin((i + 1) * 78.233 + k * 12.9898) * 43758.5453) % 1,
	);
}

/** A data set of `count` images with these labels. */
export function imagesOf(label: (i: number) => Label) {
	const examples = Array.from({ length: count }, (_, i) => ({
		id: `image ${i}`,
		label: i,
		read: () => Promise.reject(new Error("These images have no file.")),
	}));
	const map = ({ label: i, ...example }: Example) => ({
		...example,
		label: label(i),
		image: { data: pixelsOf(i), shape: [size, size, 3] as const },
	});
	return ImageDataset.from(examples).map(
		Object.assign(map, { deterministic: true }),
	);
}

/** The layers with weights, depth first, each once: the same order in Keras's `layers`. */
export function leafLayers(model: tf.LayersModel): tf.layers.Layer[] {
	const all = model.layers.flatMap((layer) =>
		layer instanceof tf.LayersModel ? leafLayers(layer) : layer,
	);
	return [...new Set(all)].filter(({ weights }) => weights.length > 0);
}

/** Gives a model weights that are the same at every run, and not near anything special. */
export function fillWeights(model: tf.LayersModel): number[][] {
	let n = 0;
	return leafLayers(model).flatMap((layer) => {
		const values = layer.weights.map(({ shape, originalName }) => {
			const length = shape.reduce<number>((p, s) => p * (s ?? 1), 1);
			const isVariance = /variance|gamma/.test(originalName);
			return Array.from({ length }, () =>
				Math.fround(isVariance ? 0.8 + wave(n++) * 0.2 : wave(n++) * 0.4),
			);
		});
		layer.setWeights(
			layer.weights.map(({ shape }, i) =>
				tf.tensor(values[i] as number[], shape as number[]),
			),
		);
		// As the layer has them: a constraint holds from the beginning.
		return layer.getWeights().map((weight) => Array.from(weight.dataSync()));
	});
}

function wave(n: number): number {
	return Math.sin(n * 1.7 + 0.3);
}

const script = `
import json, sys, numpy as np, keras as K, tensorflow as tf
L = K.layers
class Inference(L.Layer):
    "Keras 3's fit overrides training=False of a call in a functional model (keras-team/keras issue 20285), but not of one in a layer."
    def __init__(self, inner):
        super().__init__()
        self.inner = inner
    def call(self, x):
        return self.inner(x, training=False)
    def compute_output_shape(self, shape):
        return self.inner.compute_output_shape(shape)
def leaves(layer):
    if isinstance(layer, Inference):
        return leaves(layer.inner)
    if isinstance(layer, K.Model):
        return list(dict.fromkeys(leaf for inner in layer.layers for leaf in leaves(inner)))
    return [layer] if layer.weights else []
task = json.load(open(sys.argv[1]))
x = np.array(task["pixels"], "float32").reshape(-1, task["size"], task["size"], 3)
results = {}
for name, case in task["cases"].items():
    scope = {"L": L, "K": K, "Inference": Inference, "size": task["size"], "tf": tf}
    exec(case["python"], scope)
    model = scope["model"]
    weights = iter(case["weights"])
    for layer in leaves(model):
        layer.set_weights([np.array(next(weights), "float32").reshape(w.shape) for w in layer.weights])
    exec("model.compile(" + case["compile"] + ")", scope)
    y = np.array(case["labels"], "float32")
    if y.ndim == 1:
        y = y[:, None]
    n = task["validationCount"]
    weight = {int(k): v for k, v in case["classWeight"].items()} if case["classWeight"] else None
    history = model.fit(x, y, batch_size=task["batchSize"], epochs=case["epochs"], shuffle=False, verbose=0,
        class_weight=weight, validation_data=(x[:n], y[:n]), validation_batch_size=task["batchSize"]).history
    results[name] = {
        "history": history,
        "evaluation": model.evaluate(x, y, batch_size=task["batchSize"], verbose=0, return_dict=True),
        "predictions": model.predict(x, batch_size=task["batchSize"], verbose=0).reshape(len(x), -1).tolist(),
        "weights": [w.numpy().flatten().tolist() for layer in leaves(model) for w in layer.weights],
    }
print(json.dumps(results))`;

/** Lets Keras train all cases, in one process. */
export function trainInKeras(
	cases: Readonly<Record<string, Case>>,
): Record<string, Trained> {
	const tasks = Object.entries(cases).map(([name, one]) => {
		const model = one.build();
		const weights = fillWeights(model);
		model.dispose();
		return [
			name,
			{
				python: one.python,
				compile: one.pythonCompile,
				weights,
				labels: Array.from({ length: count }, (_, i) => one.label(i)),
				epochs: one.epochs ?? 3,
				classWeight: one.classWeight ?? null,
			},
		];
	});
	const pixels = Array.from({ length: count }, (_, i) =>
		Array.from(pixelsOf(i)),
	);
	const task = { size, pixels, batchSize, validationCount };
	return runPython(script, [
		writeJson({ ...task, cases: Object.fromEntries(tasks) }),
	]);
}
