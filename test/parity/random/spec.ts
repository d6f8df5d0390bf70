/** A regularizer's factors. */
export interface Penalty {
	readonly l1?: number;
	readonly l2?: number;
}

export type Setting = boolean | number | string | readonly number[] | Penalty;

/** Keras's classes of layers that are drawn, each with its function in `tf.layers`. */
export const factories = {
	Activation: "activation",
	Add: "add",
	AveragePooling2D: "averagePooling2d",
	BatchNormalization: "batchNormalization",
	Concatenate: "concatenate",
	Conv2D: "conv2d",
	Dense: "dense",
	DepthwiseConv2D: "depthwiseConv2d",
	Dropout: "dropout",
	ELU: "elu",
	Flatten: "flatten",
	GlobalAveragePooling2D: "globalAveragePooling2d",
	GlobalMaxPooling2D: "globalMaxPooling2d",
	LeakyReLU: "leakyReLU",
	MaxPooling2D: "maxPooling2d",
	ReLU: "reLU",
	SeparableConv2D: "separableConv2d",
} as const;

/** A layer, with settings under tfjs's names. Its name is also that of its variable in the code. */
export interface LayerSpec {
	readonly name: string;
	readonly kind: keyof typeof factories;
	readonly settings: Readonly<Record<string, Setting>>;
	/** Whether its `trainable` is set to false. */
	readonly frozen: boolean;
}

/** A model of one input and one output, whose layers may be models. */
export interface ModelSpec {
	readonly name: string;
	/** A Sequential calls its layers one after the other. */
	readonly kind: "Sequential" | "Functional";
	readonly inputShape: readonly number[];
	readonly layers: readonly (LayerSpec | ModelSpec)[];
	/** In order; the last one gives the output. */
	readonly calls: readonly Call[];
	readonly frozen: boolean;
}

/** A call of one of a model's layers. */
export interface Call {
	/** The layer's place in `layers`. */
	readonly layer: number;
	/** Value 0 is the model's input, value `i` the result of call `i - 1`. */
	readonly inputs: readonly number[];
	/** Whether it is called with `training: false`. */
	readonly inference: boolean;
}

export type Optimizer =
	| {
			readonly kind: "SGD";
			readonly rate: number;
			readonly momentum: number;
			readonly nesterov: boolean;
	  }
	| {
			readonly kind: "Adam";
			readonly rate: number;
			readonly beta1: number;
			readonly beta2: number;
			readonly epsilon: number;
	  }
	| {
			readonly kind: "RMSprop";
			readonly rate: number;
			readonly rho: number;
			readonly momentum: number;
			readonly epsilon: number;
			readonly centered: boolean;
	  };

/** Keras's losses that are drawn under tfjs's names, and functions of our own: see `losses` in `code.ts`. */
export type LossName =
	| "binaryCrossentropy"
	| "categoricalCrossentropy"
	| "sparseCategoricalCrossentropy"
	| "meanSquaredError"
	| "customByExample"
	| "customMean";

/** What a label is: a class index, a one-hot row, or numbers. */
export type Targets = "index" | "oneHot" | "numbers";

/** A model with all that it is trained with; the numbers follow from the seed. */
export interface Case {
	readonly seed: number;
	readonly model: ModelSpec;
	readonly optimizer: Optimizer;
	readonly loss: LossName;
	readonly metric: "accuracy" | "mse" | undefined;
	readonly targets: Targets;
	/** Classes, or numbers of a label. */
	readonly width: number;
	readonly examples: number;
	readonly validationExamples: number;
	readonly batchSize: number;
	readonly validationBatchSize: number;
	readonly epochs: number;
	readonly initialEpoch: number;
	readonly classWeight: Readonly<Record<number, number>> | undefined;
	/** Whether the map says that it is deterministic, so that `fit` may keep features. */
	readonly deterministic: boolean;
}

export function isModel(layer: LayerSpec | ModelSpec): layer is ModelSpec {
	return "layers" in layer;
}

/** The layers that are no models, at whatever depth, each once, in a fixed order. */
export function innermost(model: ModelSpec): LayerSpec[] {
	return model.layers.flatMap((layer) =>
		isModel(layer) ? innermost(layer) : [layer],
	);
}
