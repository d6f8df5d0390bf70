import {
	type Call,
	type Case,
	factories,
	isModel,
	type LayerSpec,
	type LossName,
	type ModelSpec,
	type Optimizer,
	type Penalty,
	type Setting,
} from "./spec";

/** How one of the two languages says it. */
interface Dialect {
	/** What has to stand before. */
	readonly head: string;
	readonly assign: (name: string, value: string) => string;
	readonly literal: (value: Setting) => string;
	readonly layer: (layer: LayerSpec, inputShape?: readonly number[]) => string;
	readonly input: (shape: readonly number[]) => string;
	readonly call: (layer: string, inputs: readonly string[]) => string;
	readonly callInInference: (
		layer: string,
		inputs: readonly string[],
		name: string,
	) => string;
	readonly sequential: (
		name: string,
		layers: readonly string[],
		inputShape: readonly number[],
	) => string;
	readonly functional: (name: string, input: string, output: string) => string;
	readonly compile: (spec: Case) => string;
}

const losses: Record<LossName, { typescript: string; python: string }> = {
	binaryCrossentropy: quoted("binaryCrossentropy", "binary_crossentropy"),
	categoricalCrossentropy: quoted(
		"categoricalCrossentropy",
		"categorical_crossentropy",
	),
	sparseCategoricalCrossentropy: quoted(
		"sparseCategoricalCrossentropy",
		"sparse_categorical_crossentropy",
	),
	meanSquaredError: quoted("meanSquaredError", "mean_squared_error"),
	// Smooth ones, so that rounding stays small.
	customByExample: {
		typescript:
			"(y: tf.Tensor, p: tf.Tensor) => tf.mean(tf.sqrt(tf.add(tf.square(tf.sub(p, y)), 0.1)), -1)",
		python:
			"lambda y, p: keras.ops.mean(keras.ops.sqrt(keras.ops.square(p - y) + 0.1), -1)",
	},
	customMean: {
		typescript:
			"(y: tf.Tensor, p: tf.Tensor) => tf.mean(tf.square(tf.sub(p, tf.mul(y, 0.5))))",
		python: "lambda y, p: keras.ops.mean(keras.ops.square(p - y * 0.5))",
	},
};

function quoted(typescript: string, python: string) {
	return { typescript: `"${typescript}"`, python: `"${python}"` };
}

const typescript: Dialect = {
	head: "",
	assign: (name, value) =>
		name.includes(".") ? `${name} = ${value};` : `const ${name} = ${value};`,
	literal: (value) =>
		isPenalty(value)
			? `tf.regularizers.l1l2({ l1: ${value.l1 ?? 0}, l2: ${value.l2 ?? 0} })`
			: JSON.stringify(value),
	layer: ({ name, kind, settings }, inputShape) => {
		const all = { name, ...(inputShape ? { inputShape } : {}), ...settings };
		const pairs = Object.entries(all).map(
			([key, value]) => `${key}: ${typescript.literal(value)}`,
		);
		return `tf.layers.${factories[kind]}({ ${pairs.join(", ")} })`;
	},
	input: (shape) => `tf.input({ shape: ${JSON.stringify(shape)} })`,
	call: (layer, inputs) =>
		`${layer}.apply(${list(inputs)}) as tf.SymbolicTensor`,
	callInInference: (layer, inputs) =>
		`${layer}.apply(${list(inputs)}, { training: false }) as tf.SymbolicTensor`,
	sequential: (name, layers) =>
		`tf.sequential({ name: "${name}", layers: [${layers.join(", ")}] })`,
	functional: (name, inputs, outputs) =>
		`tf.model({ name: "${name}", inputs: ${inputs}, outputs: ${outputs} })`,
	compile: ({ optimizer, loss, metric }) =>
		`model.compile({ optimizer: ${typescriptOptimizer(optimizer)}, loss: ${losses[loss].typescript}, metrics: [${metric ? `"${metric}"` : ""}] });`,
};

const python: Dialect = {
	// In `fit`, Keras 3 passes training=True over a call's own training=False (keras-team/keras issue 20285). What its guide to
	// transfer learning promises, inference mode, takes a layer that says so at every call.
	head: `import keras

class Inference(keras.layers.Layer):
    def __init__(self, layer, **settings):
        super().__init__(**settings)
        self.layer = layer

    def call(self, x):
        return self.layer(x, training=False)
`,
	assign: (name, value) => `${name} = ${value}`,
	literal: (value) =>
		isPenalty(value)
			? `keras.regularizers.L1L2(l1=${value.l1 ?? 0}, l2=${value.l2 ?? 0})`
			: typeof value === "boolean"
				? pythonBoolean(value)
				: JSON.stringify(value),
	layer: ({ name, kind, settings }) => {
		const pairs = Object.entries({ name, ...settings }).map(
			([key, value]) =>
				`${pythonName(kind, key)}=${python.literal(value as Setting)}`,
		);
		return `keras.layers.${kind}(${pairs.join(", ")})`;
	},
	input: (shape) => `keras.Input(${JSON.stringify(shape)})`,
	call: (layer, inputs) => `${layer}(${list(inputs)})`,
	callInInference: (layer, inputs, name) =>
		`Inference(${layer}, name="${name}")(${list(inputs)})`,
	sequential: (name, layers, inputShape) =>
		`keras.Sequential([${[python.input(inputShape), ...layers].join(", ")}], name="${name}")`,
	functional: (name, inputs, outputs) =>
		`keras.Model(${inputs}, ${outputs}, name="${name}")`,
	compile: ({ optimizer, loss, metric }) =>
		`model.compile(optimizer=${pythonOptimizer(optimizer)}, loss=${losses[loss].python}, metrics=[${metric ? `"${metric}"` : ""}])`,
};

/** The code that builds and compiles a case's model under the name `model`: what is run, and what can be pasted. */
export function writeCode(spec: Case): { typescript: string; python: string } {
	return {
		typescript: write(spec, typescript),
		python: write(spec, python),
	};
}

function write(spec: Case, dialect: Dialect): string {
	const lines = writeModel(spec.model, dialect);
	return [dialect.head, ...lines, dialect.compile(spec)].join("\n").trim();
}

function writeModel(model: ModelSpec, dialect: Dialect): string[] {
	const { name, kind, inputShape, layers } = model;
	const lines = layers.flatMap((layer, i) =>
		isModel(layer)
			? writeModel(layer, dialect)
			: [
					dialect.assign(
						layer.name,
						dialect.layer(
							layer,
							kind === "Sequential" && i === 0 ? inputShape : undefined,
						),
					),
					...freeze(layer, dialect),
				],
	);
	if (kind === "Sequential") {
		const names = layers.map((layer) => layer.name);
		const code = dialect.sequential(name, names, inputShape);
		lines.push(dialect.assign(name, code));
	} else lines.push(...writeGraph(model, dialect));
	return [...lines, ...freeze(model, dialect)];
}

function writeGraph(
	{ name, inputShape, layers, calls }: ModelSpec,
	dialect: Dialect,
): string[] {
	const value = (i: number) => `${name}_${i}`;
	const write = ({ layer, inputs, inference }: Call, i: number) => {
		const called = layers[layer]?.name ?? "";
		const names = inputs.map(value);
		const code = inference
			? dialect.callInInference(called, names, `inference_${value(i + 1)}`)
			: dialect.call(called, names);
		return dialect.assign(value(i + 1), code);
	};
	return [
		dialect.assign(value(0), dialect.input(inputShape)),
		...calls.map(write),
		dialect.assign(
			name,
			dialect.functional(name, value(0), value(calls.length)),
		),
	];
}

function freeze(layer: LayerSpec | ModelSpec, dialect: Dialect): string[] {
	return layer.frozen
		? [dialect.assign(`${layer.name}.trainable`, dialect.literal(false))]
		: [];
}

const list = (inputs: readonly string[]) =>
	inputs.length === 1 ? (inputs[0] as string) : `[${inputs.join(", ")}]`;

function isPenalty(value: Setting): value is Penalty {
	return typeof value === "object" && !Array.isArray(value);
}

const pythonBoolean = (value: boolean) => (value ? "True" : "False");

/** Keras refuses whole numbers as a momentum. */
const pythonFloat = (value: number) =>
	Number.isInteger(value) ? value.toFixed(1) : `${value}`;

/** tfjs's `kernelSize` is Keras's `kernel_size`; a LeakyReLU's `alpha` has another name. */
function pythonName(kind: LayerSpec["kind"], setting: string): string {
	if (kind === "LeakyReLU" && setting === "alpha") return "negative_slope";
	return setting.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function typescriptOptimizer(optimizer: Optimizer): string {
	switch (optimizer.kind) {
		case "SGD": {
			const { rate, momentum, nesterov } = optimizer;
			return momentum === 0
				? `tf.train.sgd(${rate})`
				: `tf.train.momentum(${rate}, ${momentum}, ${nesterov})`;
		}
		case "Adam": {
			const { rate, beta1, beta2, epsilon } = optimizer;
			return `tf.train.adam(${rate}, ${beta1}, ${beta2}, ${epsilon})`;
		}
		case "RMSprop": {
			const { rate, rho, momentum, epsilon, centered } = optimizer;
			return `tf.train.rmsprop(${rate}, ${rho}, ${momentum}, ${epsilon}, ${centered})`;
		}
	}
}

function pythonOptimizer(optimizer: Optimizer): string {
	switch (optimizer.kind) {
		case "SGD": {
			const { rate, momentum, nesterov } = optimizer;
			return `keras.optimizers.SGD(${rate}, momentum=${pythonFloat(momentum)}, nesterov=${pythonBoolean(nesterov)})`;
		}
		case "Adam": {
			const { rate, beta1, beta2, epsilon } = optimizer;
			return `keras.optimizers.Adam(${rate}, beta_1=${beta1}, beta_2=${beta2}, epsilon=${epsilon})`;
		}
		case "RMSprop": {
			const { rate, rho, momentum, epsilon, centered } = optimizer;
			return `keras.optimizers.RMSprop(${rate}, rho=${rho}, momentum=${pythonFloat(momentum)}, epsilon=${epsilon}, centered=${pythonBoolean(centered)})`;
		}
	}
}
