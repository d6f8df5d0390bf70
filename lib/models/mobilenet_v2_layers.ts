import { tf } from "../tf";

/** Table 2 of the paper (arXiv:1801.04381): output channels before `alpha`, number of blocks, stride of the first one. */
const stages: readonly [filters: number, count: number, stride: 1 | 2][] = [
	[16, 1, 1],
	[24, 2, 2],
	[32, 3, 2],
	[64, 4, 2],
	[96, 3, 1],
	[160, 3, 2],
	[320, 1, 1],
];

/**
 * Builds MobileNetV2 without its classifier, with random weights.
 *
 * Names, order, padding and constants are those of Keras 3.15's `applications/mobilenet_v2.py`, so that weights files fit
 * whether they are read by name or by order. The caller disposes the model.
 *
 * @param size the number at the end of the model's name
 */
export function buildMobileNetV2(
	inputShape: readonly [number, number, number],
	alpha: number,
	size: number = inputShape[0],
): tf.LayersModel {
	const input = tf.input({ shape: [...inputShape], name: "input_layer" });
	let x = convolve(input, "Conv1", makeDivisible(32 * alpha), 3, 2);
	x = relu6(normalize(x, "bn_Conv1"), "Conv1_relu");
	let index = 0;
	for (const [filters, count, stride] of stages) {
		const scaled = Math.trunc(filters * alpha);
		for (let i = 0; i < count; i++) {
			x = addInvertedResidual(x, index++, scaled, i === 0 ? stride : 1);
		}
	}
	// A network narrower than the paper's still has 1280 features.
	const features = makeDivisible(1280 * Math.max(alpha, 1));
	x = convolve(x, "Conv_1", features, 1);
	x = relu6(normalize(x, "Conv_1_bn"), "out_relu");
	return tf.model({
		inputs: input,
		outputs: x,
		name: `mobilenetv2_${alpha.toFixed(2)}_${size}`,
	});
}

function addInvertedResidual(
	input: tf.SymbolicTensor,
	index: number,
	filters: number,
	stride: 1 | 2,
): tf.SymbolicTensor {
	const prefix = index === 0 ? "expanded_conv" : `block_${index}`;
	const inputChannels = input.shape.at(-1) ?? 0;
	const outputChannels = makeDivisible(filters);
	let x = input;
	// Block 0 has no expansion.
	if (index > 0) {
		x = convolve(x, `${prefix}_expand`, 6 * inputChannels, 1);
		x = normalize(x, `${prefix}_expand_BN`);
		x = relu6(x, `${prefix}_expand_relu`);
	}
	if (stride === 2) x = padForStride2(x, `${prefix}_pad`);
	x = apply(
		tf.layers.depthwiseConv2d({
			name: `${prefix}_depthwise`,
			kernelSize: 3,
			strides: stride,
			padding: stride === 1 ? "same" : "valid",
			useBias: false,
			depthwiseInitializer: "glorotUniform",
		}),
		x,
	);
	x = normalize(x, `${prefix}_depthwise_BN`);
	x = relu6(x, `${prefix}_depthwise_relu`);
	x = convolve(x, `${prefix}_project`, outputChannels, 1);
	x = normalize(x, `${prefix}_project_BN`);
	if (stride === 2 || inputChannels !== outputChannels) return x;
	return apply(tf.layers.add({ name: `${prefix}_add` }), [input, x]);
}

/** Pads even sides by one pixel at the end, odd sides at both ends: `correct_pad` of Keras for a 3 x 3 kernel. */
function padForStride2(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
	const [, rows = null, columns = null] = x.shape;
	const padding: [[number, number], [number, number]] = [
		[(rows ?? 0) % 2, 1],
		[(columns ?? 0) % 2, 1],
	];
	return apply(tf.layers.zeroPadding2d({ name, padding }), x);
}

function convolve(
	x: tf.SymbolicTensor,
	name: string,
	filters: number,
	kernelSize: number,
	strides = 1,
): tf.SymbolicTensor {
	return apply(
		tf.layers.conv2d({
			name,
			filters,
			kernelSize,
			strides,
			padding: "same",
			useBias: false,
			// tfjs's default is glorotNormal.
			kernelInitializer: "glorotUniform",
		}),
		x,
	);
}

function normalize(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
	const layer = { name, epsilon: 1e-3, momentum: 0.999 };
	return apply(tf.layers.batchNormalization(layer), x);
}

function relu6(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
	return apply(tf.layers.reLU({ name, maxValue: 6 }), x);
}

function apply(
	layer: tf.layers.Layer,
	inputs: tf.SymbolicTensor | tf.SymbolicTensor[],
): tf.SymbolicTensor {
	return layer.apply(inputs) as tf.SymbolicTensor;
}

/** Rounds to a multiple of 8, but never down by more than 10 %: `_make_divisible` of Keras. */
function makeDivisible(channels: number): number {
	const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
	return rounded < 0.9 * channels ? rounded + 8 : rounded;
}
