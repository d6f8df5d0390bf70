import type { tf } from "../tf";

/** The class of a layer as Keras calls it: tfjs's `Model` is Keras's `Functional`. */
export function classNameOf(layer: tf.layers.Layer): string {
	const name = layer.getClassName();
	return name === "Model" ? "Functional" : name;
}

/**
 * The name of a layer or model as Keras would have it.
 *
 * Names that somebody gave stay. Those that tfjs made up are numbered as Keras numbers them, from the
 * second of a class on: `dense_Dense1` becomes `dense`, `dense_Dense2` `dense_1`, `sequential_1` `sequential`.
 */
export function kerasName(layer: tf.layers.Layer): string {
	const prefix = madeUpPrefix(layer.getClassName());
	const number = layer.name.startsWith(prefix)
		? layer.name.slice(prefix.length)
		: "";
	if (!/^[1-9]\d*$/.test(number)) return layer.name;
	const name = toSnakeCase(classNameOf(layer));
	return number === "1" ? name : `${name}_${Number(number) - 1}`;
}

/** `DepthwiseConv2D` becomes `depthwise_conv2d`: `to_snake_case` of Keras. */
export function toSnakeCase(className: string): string {
	return className
		.replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
		.replace(/([a-z])([A-Z])/g, "$1_$2")
		.toLowerCase();
}

/** What tfjs 4.22 puts before the number in a name that it makes up. */
function madeUpPrefix(className: string): string {
	switch (className) {
		case "InputLayer":
			return "input";
		case "Model":
		case "Functional":
			return className.toLowerCase();
		case "Sequential":
			return "sequential_";
		default:
			return `${toSnakeCase(className)}_${className}`;
	}
}
