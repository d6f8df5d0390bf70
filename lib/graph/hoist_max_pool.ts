import { tf } from "../tf";
import { findSoleConsumer } from "./consumers";
import type { Graph, Step } from "./graph";
import { configOf } from "./layer_config";

/**
 * Pools before bias and ReLU where a convolution with ReLU is followed by max pooling.
 *
 * Adding a number to all elements of a window and cutting off negative values keeps their order, even with rounding, so
 * the results are the same to the last bit. But bias, ReLU and their gradients then work on a quarter of the elements.
 */
export function hoistMaxPool(graph: Graph): Graph {
	const consumerOf = findSoleConsumer(graph);
	const replaced = new Map<Step, Step | undefined>();
	for (const step of graph.steps) {
		const pool = consumerOf(step.outputs[0]);
		if (pool && isReluConvolution(step.layer) && isMaxPooling(pool.layer)) {
			const compute = poolConvolution(step.layer, pool.layer);
			replaced.set(step, undefined);
			replaced.set(pool, { ...step, outputs: pool.outputs, compute });
		}
	}
	const steps = graph.steps.flatMap((step) =>
		replaced.has(step) ? (replaced.get(step) ?? []) : step,
	);
	return { ...graph, steps };
}

function poolConvolution(
	convolution: tf.layers.Layer,
	pool: tf.layers.Layer,
): Step["compute"] {
	const { strides, padding, dilationRate } = configOf(convolution);
	const pooling = configOf(pool);
	return ([x]) => {
		const [kernel, bias] = convolution.weights.map((weight) => weight.read());
		const products = tf.conv2d(
			x as tf.Tensor4D,
			kernel as tf.Tensor4D,
			strides,
			padding,
			"NHWC",
			dilationRate,
		);
		const pooled = tf.maxPool(
			products,
			pooling.poolSize,
			pooling.strides,
			pooling.padding,
		);
		return tf.relu(tf.add(pooled, bias as tf.Tensor));
	};
}

function isReluConvolution(layer: tf.layers.Layer): boolean {
	const { activation, useBias, dataFormat } = configOf(layer);
	return (
		layer.getClassName() === "Conv2D" &&
		activation === "relu" &&
		useBias === true &&
		dataFormat !== "channelsFirst"
	);
}

function isMaxPooling(layer: tf.layers.Layer): boolean {
	return (
		layer.getClassName() === "MaxPooling2D" &&
		configOf(layer).dataFormat !== "channelsFirst"
	);
}
