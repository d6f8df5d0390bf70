import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate, fit, predict } from "transfer-learning";
import { tf } from "../../lib/dist/tf";
import {
	batchSize,
	type Case,
	fillWeights,
	imagesOf,
	leafLayers,
	size,
	trainInKeras,
	validationCount,
} from "./keras";

const { layers } = tf;
const inputShape = [size, size, 3];
const adam = () => tf.train.adam(0.01);
const pyAdam = "optimizer=K.optimizers.Adam(0.01)";
const classOf = (i: number) => (i * 7) % 3;
const oneHot = (i: number) => [0, 1, 2].map((c) => Number(c === classOf(i)));
const binary = (i: number) => (i * 5) % 2;

const head = (units: number, activation: "sigmoid" | "softmax" | "linear") => [
	layers.globalAveragePooling2d({}),
	layers.dense({ units, activation }),
];
const pyHead = (units: number, activation: string) =>
	`L.GlobalAveragePooling2D(), L.Dense(${units}, activation="${activation}")`;
const conv = (args: object = {}) =>
	layers.conv2d({ filters: 4, kernelSize: 3, ...args });
const simple = (units: number, activation: "sigmoid" | "softmax" | "linear") =>
	tf.sequential({
		layers: [
			conv({ inputShape, activation: "relu" }),
			...head(units, activation),
		],
	});
const pySimple = (units: number, activation: string) =>
	`model = K.Sequential([K.Input((size, size, 3)), L.Conv2D(4, 3, activation="relu"), ${pyHead(units, activation)}])`;

/** A base with batch normalization, called in a functional model. */
function functional(call: object, trainable = true): tf.LayersModel {
	const base = tf.sequential({
		layers: [
			conv({ inputShape, useBias: false }),
			layers.batchNormalization(),
			layers.reLU(),
		],
	});
	base.trainable = trainable;
	const input = tf.input({ shape: inputShape });
	const [pool, dense] = head(1, "sigmoid") as unknown as [
		tf.layers.Layer,
		tf.layers.Layer,
	];
	const x = base.apply(input, call) as tf.SymbolicTensor;
	return tf.model({
		inputs: input,
		outputs: dense.apply(pool.apply(x)) as tf.SymbolicTensor,
	});
}
const pyFunctional = (call: string, trainable = "True") => `
base = K.Sequential([K.Input((size, size, 3)), L.Conv2D(4, 3, use_bias=False), L.BatchNormalization(), L.ReLU()])
base.trainable = ${trainable}
inputs = K.Input((size, size, 3))
model = K.Model(inputs, L.Dense(1, activation="sigmoid")(L.GlobalAveragePooling2D()(${call})))`;

/** Compiled with binary crossentropy and accuracy. */
const compiled = (optimizer: () => tf.Optimizer, python: string) => ({
	compile: () => ({
		optimizer: optimizer(),
		loss: "binaryCrossentropy",
		metrics: ["accuracy"],
	}),
	pythonCompile: `${python}, loss="binary_crossentropy", metrics=["accuracy"]`,
});
const binaryCrossentropy = compiled(adam, pyAdam);

const plain = {
	build: () => simple(1, "sigmoid"),
	python: pySimple(1, "sigmoid"),
	label: binary,
};
const withOptimizer = (
	optimizer: () => tf.Optimizer,
	python: string,
): Case => ({
	...plain,
	...compiled(optimizer, `optimizer=K.optimizers.${python}`),
});

const cases: Record<string, Case> = {
	"one-hot rows with categoricalCrossentropy": {
		build: () => simple(3, "softmax"),
		python: pySimple(3, "softmax"),
		label: oneHot,
		compile: () => ({
			optimizer: adam(),
			loss: "categoricalCrossentropy",
			metrics: ["accuracy"],
		}),
		pythonCompile: `${pyAdam}, loss="categorical_crossentropy", metrics=["accuracy"]`,
	},
	"class indices with sparseCategoricalCrossentropy and class weights": {
		build: () => simple(3, "softmax"),
		python: pySimple(3, "softmax"),
		label: classOf,
		classWeight: { 0: 1, 1: 3.5, 2: 0.25 },
		compile: () => ({
			optimizer: adam(),
			loss: "sparseCategoricalCrossentropy",
			metrics: ["accuracy"],
		}),
		pythonCompile: `${pyAdam}, loss="sparse_categorical_crossentropy", metrics=["accuracy"]`,
	},
	"a custom loss with three outputs, and accuracy": {
		build: () => simple(3, "linear"),
		python: pySimple(3, "linear"),
		label: classOf,
		compile: () => ({
			optimizer: adam(),
			loss: (ys: tf.Tensor, p: tf.Tensor) =>
				tf.mean(
					tf.square(
						tf.sub(tf.oneHot(ys.flatten().toInt() as tf.Tensor1D, 3), p),
					),
					-1,
				),
			metrics: ["accuracy"],
		}),
		pythonCompile: `${pyAdam}, loss=lambda y, p: tf.reduce_mean(tf.square(tf.one_hot(tf.cast(tf.reshape(y, [-1]), "int32"), 3) - p), -1), metrics=["accuracy"]`,
	},
	"a custom loss with a value for each example and output, and class weights": {
		...plain,
		compile: () => ({
			optimizer: adam(),
			loss: (ys: tf.Tensor, p: tf.Tensor) => tf.square(tf.sub(ys, p)),
		}),
		pythonCompile: `${pyAdam}, loss=lambda y, p: tf.square(y - p)`,
		classWeight: { 1: 4 },
	},
	"a metric that gives one number a batch": {
		...plain,
		compile: () => ({
			optimizer: adam(),
			loss: "binaryCrossentropy",
			metrics: [
				function worst(ys: tf.Tensor, p: tf.Tensor) {
					return tf.max(tf.abs(tf.sub(ys, p)));
				},
			],
		}),
		pythonCompile: `${pyAdam}, loss="binary_crossentropy", metrics=[type("Worst", (), {"__call__": lambda self, y, p: tf.reduce_max(tf.abs(y - p)), "__name__": "worst"})()]`,
	},
	"a softmax with binaryCrossentropy, whose logits Keras takes": {
		build: () => simple(3, "softmax"),
		python: pySimple(3, "softmax"),
		label: oneHot,
		...binaryCrossentropy,
	},
	"sigmoids with categoricalCrossentropy": {
		build: () => simple(3, "sigmoid"),
		python: pySimple(3, "sigmoid"),
		label: oneHot,
		compile: () => ({ optimizer: adam(), loss: "categoricalCrossentropy" }),
		pythonCompile: `${pyAdam}, loss="categorical_crossentropy"`,
	},
	"numbers with meanSquaredError and metrics of its own": {
		build: () => simple(2, "linear"),
		python: pySimple(2, "linear"),
		label: (i) => [Math.sin(i), Math.cos(i)],
		compile: () => ({
			optimizer: adam(),
			loss: "meanSquaredError",
			metrics: ["mae", "mse"],
		}),
		pythonCompile: `${pyAdam}, loss="mean_squared_error", metrics=["mae", "mse"]`,
	},
	"hinge with labels 0 and 1": {
		build: () => simple(1, "linear"),
		python: pySimple(1, "linear"),
		label: binary,
		compile: () => ({ optimizer: adam(), loss: "hinge" }),
		pythonCompile: `${pyAdam}, loss="hinge"`,
	},
	"precision over all examples": {
		...plain,
		compile: () => ({
			optimizer: adam(),
			loss: "binaryCrossentropy",
			metrics: ["precision"],
		}),
		pythonCompile: `${pyAdam}, loss="binary_crossentropy", metrics=[K.metrics.Precision(name="precision")]`,
	},
	"tfjs's functions for precision and recall": {
		...plain,
		compile: () => ({
			optimizer: adam(),
			loss: "binaryCrossentropy",
			metrics: [tf.metrics.precision, tf.metrics.recall],
		}),
		pythonCompile: `${pyAdam}, loss="binary_crossentropy", metrics=[K.metrics.Precision(name="precision"), K.metrics.Recall(name="recall")]`,
	},
	"predictions so sure that they are rounded to 0 and 1": {
		build: () =>
			tf.sequential({
				layers: [
					layers.rescaling({ scale: 300, inputShape } as never),
					conv(),
					...head(1, "sigmoid"),
				],
			}),
		python: `model = K.Sequential([K.Input((size, size, 3)), L.Rescaling(300.), L.Conv2D(4, 3), ${pyHead(1, "sigmoid")}])`,
		label: binary,
		...binaryCrossentropy,
	},
	"a functional model whose base is called with training: false": {
		build: () => functional({ training: false }),
		python: pyFunctional("Inference(base)(inputs)"),
		label: binary,
		...binaryCrossentropy,
	},
	"a functional model whose base is trained": {
		build: () => functional({}),
		python: pyFunctional("base(inputs)"),
		label: binary,
		...binaryCrossentropy,
	},
	"a functional model whose base is frozen": {
		build: () => functional({}, false),
		python: pyFunctional("base(inputs)", "False"),
		label: binary,
		...binaryCrossentropy,
	},
	"a layer that lies in a nested model and is called beside it": {
		build: () => {
			const shared = conv({ inputShape, padding: "same", activation: "tanh" });
			const inner = tf.sequential({ layers: [shared, layers.reLU()] });
			const input = tf.input({ shape: inputShape });
			const sum = layers
				.add()
				.apply([
					inner.apply(input) as tf.SymbolicTensor,
					shared.apply(input) as tf.SymbolicTensor,
				]) as tf.SymbolicTensor;
			const [pool, dense] = head(1, "sigmoid") as unknown as [
				tf.layers.Layer,
				tf.layers.Layer,
			];
			return tf.model({
				inputs: input,
				outputs: dense.apply(pool.apply(sum)) as tf.SymbolicTensor,
			});
		},
		python: `
shared = L.Conv2D(4, 3, padding="same", activation="tanh")
inner = K.Sequential([K.Input((size, size, 3)), shared, L.ReLU()])
inputs = K.Input((size, size, 3))
x = L.Add()([inner(inputs), shared(inputs)])
model = K.Model(inputs, L.Dense(1, activation="sigmoid")(L.GlobalAveragePooling2D()(x)))`,
		label: binary,
		...compiled(() => tf.train.sgd(0.1), "optimizer=K.optimizers.SGD(0.1)"),
	},
	"L2 inside a nested first model": {
		build: () =>
			tf.sequential({
				layers: [
					tf.sequential({
						layers: [
							conv({
								inputShape,
								kernelRegularizer: tf.regularizers.l2({ l2: 3 }),
							}),
						],
					}),
					...head(1, "sigmoid"),
				],
			}),
		python: `model = K.Sequential([K.Input((size, size, 3)), K.Sequential([K.Input((size, size, 3)), L.Conv2D(4, 3, kernel_regularizer=K.regularizers.L2(3.))]), ${pyHead(1, "sigmoid")}])`,
		label: binary,
		...binaryCrossentropy,
	},
	"L2 inside a frozen model, which does not count": {
		build: () => {
			const base = tf.sequential({
				layers: [
					conv({
						inputShape,
						kernelRegularizer: tf.regularizers.l1l2({ l1: 1, l2: 3 }),
					}),
				],
			});
			base.trainable = false;
			return tf.sequential({ layers: [base, ...head(1, "sigmoid")] });
		},
		python: `
base = K.Sequential([K.Input((size, size, 3)), L.Conv2D(4, 3, kernel_regularizer=K.regularizers.L1L2(1., 3.))])
base.trainable = False
model = K.Sequential([K.Input((size, size, 3)), base, ${pyHead(1, "sigmoid")}])`,
		label: binary,
		...binaryCrossentropy,
	},
	"batch normalization without scale, and one with neither scale nor centre": {
		build: () =>
			tf.sequential({
				layers: [
					conv({ inputShape, useBias: false }),
					layers.batchNormalization({ scale: false, momentum: 0.8 }),
					layers.reLU(),
					layers.batchNormalization({ scale: false, center: false }),
					...head(1, "sigmoid"),
				],
			}),
		python: `model = K.Sequential([K.Input((size, size, 3)), L.Conv2D(4, 3, use_bias=False), L.BatchNormalization(scale=False, momentum=0.8), L.ReLU(), L.BatchNormalization(scale=False, center=False), ${pyHead(1, "sigmoid")}])`,
		label: binary,
		...binaryCrossentropy,
	},
	"batch normalization without scale or centre, frozen behind what is trained":
		{
			build: () =>
				tf.sequential({
					layers: [
						conv({ inputShape }),
						layers.batchNormalization({ scale: false, trainable: false }),
						layers.batchNormalization({ center: false, trainable: false }),
						...head(1, "sigmoid"),
					],
				}),
			python: `
norm = [L.BatchNormalization(scale=False), L.BatchNormalization(center=False)]
for layer in norm: layer.trainable = False
model = K.Sequential([K.Input((size, size, 3)), L.Conv2D(4, 3), *norm, ${pyHead(1, "sigmoid")}])`,
			label: binary,
			...binaryCrossentropy,
		},
	"batch normalization along another axis than the last": {
		build: () =>
			tf.sequential({
				layers: [
					layers.batchNormalization({ inputShape, axis: 1 }),
					conv({ activation: "relu" }),
					...head(1, "sigmoid"),
				],
			}),
		python: `model = K.Sequential([K.Input((size, size, 3)), L.BatchNormalization(axis=1), L.Conv2D(4, 3, activation="relu"), ${pyHead(1, "sigmoid")}])`,
		label: binary,
		...binaryCrossentropy,
	},
	"a global maximum of equal values": {
		build: () =>
			tf.sequential({
				layers: [
					layers.conv2d({ filters: 4, kernelSize: 3, inputShape }),
					layers.reLU(),
					layers.globalMaxPooling2d({}),
					layers.dense({ units: 1, activation: "sigmoid" }),
				],
			}),
		python: `model = K.Sequential([K.Input((size, size, 3)), L.Conv2D(4, 3), L.ReLU(), L.GlobalMaxPooling2D(), L.Dense(1, activation="sigmoid")])`,
		label: binary,
		...binaryCrossentropy,
	},
	"a kernel constraint": {
		build: () =>
			tf.sequential({
				layers: [
					conv({
						inputShape,
						activation: "relu",
						kernelConstraint: tf.constraints.maxNorm({
							maxValue: 0.3,
							axis: 0,
						}),
					}),
					...head(1, "sigmoid"),
				],
			}),
		python: `model = K.Sequential([K.Input((size, size, 3)), L.Conv2D(4, 3, activation="relu", kernel_constraint=K.constraints.MaxNorm(0.3, axis=0)), ${pyHead(1, "sigmoid")}])`,
		label: binary,
		...binaryCrossentropy,
	},
	SGD: withOptimizer(() => tf.train.sgd(0.1), "SGD(0.1)"),
	"SGD with momentum": withOptimizer(
		() => tf.train.momentum(0.1, 0.9),
		"SGD(0.1, momentum=0.9)",
	),
	"SGD with Nesterov's momentum": withOptimizer(
		() => tf.train.momentum(0.1, 0.9, true),
		"SGD(0.1, momentum=0.9, nesterov=True)",
	),
	RMSprop: withOptimizer(
		() => tf.train.rmsprop(0.01, 0.9, 0, 1e-7),
		"RMSprop(0.01)",
	),
	"RMSprop, centred, with momentum": withOptimizer(
		() => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-7, true),
		"RMSprop(0.01, momentum=0.5, centered=True)",
	),
	Adagrad: withOptimizer(() => tf.train.adagrad(0.05, 0.1), "Adagrad(0.05)"),
	Adadelta: withOptimizer(
		() => tf.train.adadelta(1, 0.95, 1e-7),
		"Adadelta(1.0)",
	),
	Adamax: withOptimizer(() => tf.train.adamax(0.01), "Adamax(0.01)"),
	"Adam with settings of its own": withOptimizer(
		() => tf.train.adam(0.01, 0.8, 0.99, 1e-4),
		"Adam(0.01, 0.8, 0.99, 1e-4)",
	),
};

const keras = trainInKeras(cases);

/** Relative for what is large, absolute for what is small: single precision has seven digits, and three epochs of Adam lose two or three. */
const tolerance = 1e-4;

function requireNear(
	what: string,
	ours: ArrayLike<number>,
	theirs: readonly number[],
) {
	assert.equal(ours.length, theirs.length, what);
	for (const [i, their] of theirs.entries()) {
		const our = ours[i] as number;
		assert.ok(
			Math.abs(our - their) <= tolerance * Math.max(1, Math.abs(their)),
			`${what}, ${i}: ${our} here, ${their} in Keras`,
		);
	}
}

for (const [name, one] of Object.entries(cases)) {
	test(`as in Keras: ${name}`, async () => {
		const theirs = keras[name] as (typeof keras)[string];
		const model = one.build();
		fillWeights(model);
		model.compile(one.compile());
		const images = imagesOf(one.label);
		const batches = images.batch(batchSize);
		const history = await fit(model, batches, {
			epochs: one.epochs ?? 3,
			validationData: images.take(validationCount).batch(batchSize),
			...(one.classWeight ? { classWeight: one.classWeight } : {}),
			verbose: 0,
		});
		for (const [key, values] of Object.entries(theirs.history)) {
			requireNear(key, history[key] ?? [], values);
		}
		const { seconds: _, ...keys } = history;
		assert.deepEqual(
			Object.keys(keys).sort(),
			Object.keys(theirs.history).sort(),
		);
		const evaluation = await evaluate(model, batches, { verbose: 0 });
		for (const [key, value] of Object.entries(theirs.evaluation)) {
			requireNear(key, [evaluation[key] as number], [value]);
		}
		const predictions = await predict(model, batches, { verbose: 0 });
		requireNear(
			"predictions",
			predictions.flatMap((row) => [...row]),
			theirs.predictions.flat(),
		);
		const weights = leafLayers(model).flatMap((layer) => layer.getWeights());
		for (const [i, weight] of weights.entries()) {
			requireNear(`weight ${i}`, weight.dataSync(), theirs.weights[i] ?? []);
		}
		model.dispose();
	});
}

test("class indices [batch] that a batch-level map gives are weighed as those [batch, 1]", async () => {
	const losses = [false, true].map(async (isFlat) => {
		const model = simple(3, "softmax");
		fillWeights(model);
		model.compile({
			optimizer: "sgd",
			loss: "sparseCategoricalCrossentropy",
		});
		const batches = imagesOf(classOf)
			.batch(batchSize)
			.map(({ xs, ys }) => ({ xs, ys: isFlat ? ys.flatten() : ys }));
		const classWeight = { 0: 1, 1: 3.5, 2: 0.25 };
		const history = await fit(model, batches, { classWeight, verbose: 0 });
		return history.loss;
	});
	const [columns, flat] = await Promise.all(losses);
	assert.deepEqual(flat, columns);
});
