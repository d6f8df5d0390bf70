import {
	nativeType,
	nodeBackend,
	type OpAttribute,
	readUnnoticed,
} from "../kernels/node_backend";
import { tf } from "../tf";

type Shape = readonly number[];
type Infer = (
	inputs: readonly tf.TensorInfo[],
	attributes: ReadonlyMap<string, unknown>,
) => Shape | undefined;

const elementwise: Infer = (inputs) =>
	inputs
		.map(({ shape }) => shape)
		.reduce((a, b) => tf.backend_util.assertAndGetBroadcastShape(a, b));

const sameAsFirst: Infer = ([x]) => x?.shape;

const convolution: Infer = ([x, kernel], attributes) => {
	const [height = 0, width = 0, , channels = 0] = kernel?.shape ?? [];
	return slide(x, [height, width], channels, attributes);
};

const depthwise: Infer = ([x, kernel], attributes) => {
	const [height = 0, width = 0, channels = 0, multiplier = 0] =
		kernel?.shape ?? [];
	return slide(x, [height, width], channels * multiplier, attributes);
};

const pooling: Infer = ([x], attributes) => {
	const [, height = 0, width = 0] = attributes.get("ksize") as number[];
	return slide(x, [height, width], x?.shape[3] ?? 0, attributes);
};

/** By operation: those whose results are large in a network. */
const rules: Readonly<Record<string, Infer>> = {
	Conv2D: convolution,
	DepthwiseConv2dNative: depthwise,
	MaxPool: pooling,
	AvgPool: pooling,
	MaxPoolGrad: sameAsFirst,
	Relu: sameAsFirst,
	ReluGrad: sameAsFirst,
	Relu6: sameAsFirst,
	Relu6Grad: sameAsFirst,
	Sigmoid: sameAsFirst,
	Sqrt: sameAsFirst,
	Square: sameAsFirst,
	Add: elementwise,
	Sub: elementwise,
	Mul: elementwise,
	RealDiv: elementwise,
};

/** By operation: the input whose values are the shape of the result. */
const shapeInputs: Readonly<Record<string, number>> = {
	Conv2DBackpropInput: 0,
	DepthwiseConv2dNativeBackpropInput: 0,
	Conv2DBackpropFilter: 1,
	DepthwiseConv2dNativeBackpropFilter: 1,
};

/**
 * Returns the shape of an operation's result, float32, without computing it; undefined where it has to be computed.
 *
 * The rules are those of TensorFlow's `core/framework/common_shape_fns.cc`.
 */
export function inferShape(
	op: string,
	attributes: readonly OpAttribute[],
	inputs: readonly tf.TensorInfo[],
): Shape | undefined {
	const { TF_FLOAT } = nodeBackend().binding;
	const shape = inputs[shapeInputs[op] ?? -1];
	const operands = inputs.filter((input) => input !== shape);
	if (!operands.every((x) => nativeType(x) === TF_FLOAT)) return undefined;
	if (shape) return Array.from(readUnnoticed(shape.dataId));
	const byName = new Map(attributes.map(({ name, value }) => [name, value]));
	return rules[op]?.(inputs, byName);
}

/** The shape that a window gives which slides over an image, `[batch, height, width, channels]`. */
function slide(
	x: tf.TensorInfo | undefined,
	window: readonly [number, number],
	channels: number,
	attributes: ReadonlyMap<string, unknown>,
): Shape | undefined {
	if (attributes.get("data_format") !== "NHWC") return undefined;
	const lists = ["strides", "dilations", "explicit_paddings"].map(
		(name) => attributes.get(name) as readonly number[] | undefined,
	);
	const [strides = [], dilations = [1, 1, 1, 1], paddings = []] = lists;
	const sizes = window.map((length, i) => {
		const axis = i + 1;
		const size = x?.shape[axis] ?? 0;
		const stride = strides[axis] ?? 1;
		if (attributes.get("padding") === "SAME") return Math.ceil(size / stride);
		const [before = 0, after = 0] = paddings.slice(2 * axis);
		const covered = (length - 1) * (dilations[axis] ?? 1) + 1;
		return Math.ceil((size + before + after - covered + 1) / stride);
	});
	return [x?.shape[0] ?? 0, ...sizes, channels];
}
