/** @typedef {typeof import("@tensorflow/tfjs-node-gpu")} TensorFlow */
/** @typedef {import("@tensorflow/tfjs-node-gpu").LayersModel} Model */

/**
 * The walkthrough's head on a frozen base.
 *
 * @param {TensorFlow} tf
 * @param {Model} base
 */
export function buildTransferModel(tf, base) {
	return tf.sequential({
		layers: [
			base,
			tf.layers.globalAveragePooling2d({}),
			dense(tf, 128, "relu"),
			dense(tf, 1, "sigmoid"),
		],
	});
}

/** @param {TensorFlow} tf */
export function buildScratchModel(tf) {
	/** @param {number} filters @param {[number, number, number]} [inputShape] */
	const convolution = (filters, inputShape) =>
		tf.layers.conv2d({
			...(inputShape && { inputShape }),
			filters,
			kernelSize: 3,
			activation: "relu",
			kernelInitializer: tf.initializers.glorotUniform({}),
		});
	const pooling = () => tf.layers.maxPooling2d({ poolSize: 2 });
	return tf.sequential({
		layers: [
			convolution(32, [128, 128, 3]),
			pooling(),
			convolution(64),
			pooling(),
			convolution(128),
			pooling(),
			convolution(128),
			pooling(),
			tf.layers.flatten(),
			dense(tf, 128, "relu"),
			dense(tf, 1, "sigmoid"),
		],
	});
}

/** @param {TensorFlow} tf @param {Model} model */
export function compile(tf, model) {
	model.compile({
		optimizer: tf.train.adam(0.001),
		loss: "binaryCrossentropy",
		metrics: ["accuracy"],
	});
}

/** @param {TensorFlow} tf @param {number} units @param {"relu" | "sigmoid"} activation */
function dense(tf, units, activation) {
	return tf.layers.dense({
		units,
		activation,
		kernelInitializer: tf.initializers.glorotUniform({}),
	});
}
