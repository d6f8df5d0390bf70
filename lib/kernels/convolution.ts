import { tf } from "../tf";
import { oneDnn, tryOnce } from "./one_dnn";
import { type NodeBackend, operation } from "./operation";

/** Not the filter's gradient: there oneDNN is no faster. */
const operations: readonly string[] = ["Conv2D", "Conv2DBackpropInput"];
const kernels = [...operations, "FusedConv2D"];

/**
 * Gives convolutions, and the gradient that they hand back to the layer before, the kernels of oneDNN where they run. They
 * take down to half the time; the values are the same but for rounding.
 */
export function registerConvolutions(): void {
	for (const name of kernels) {
		const native = tf.getKernel(name, "tensorflow");
		if (!native) continue;
		tf.unregisterKernel(name, "tensorflow");
		tf.registerKernel({
			...native,
			kernelFunc: (call) => {
				const { x, dy } = call.inputs as Record<string, tf.TensorInfo>;
				const isFloat = (x ?? dy)?.dtype === "float32";
				const backend = call.backend as NodeBackend;
				return isFloat && isAvailable("_MklNativeConv2D")
					? native.kernelFunc({ ...call, backend: withOneDnn(backend) })
					: native.kernelFunc(call);
			},
		});
	}
}

const isAvailable = tryOnce((name) => {
	const { _kernel } = oneDnn;
	const attributes = { strides: [1, 1, 1, 1], padding: "VALID", _kernel };
	const ones = tf.ones([1, 1, 1, 1]);
	const T = { type: "float32" } as const;
	return operation(name, { T, ...attributes })(ones, ones);
}, 1);

/** The backend, but for the names of the convolutions that it is told to run. */
function withOneDnn(backend: NodeBackend): NodeBackend {
	const type = backend.binding.TF_ATTR_STRING;
	const label = { name: "_kernel", type, value: oneDnn._kernel };
	const executeSingleOutput: NodeBackend["executeSingleOutput"] = (
		name,
		attributes,
		inputs,
	) =>
		operations.includes(name)
			? backend.executeSingleOutput(
					`_MklNative${name}`,
					[...attributes, label],
					inputs,
				)
			: backend.executeSingleOutput(name, attributes, inputs);
	return Object.assign(Object.create(backend), { executeSingleOutput });
}
