import { tf } from "../tf";

/**
 * The label of the kernels that oneDNN gives to TensorFlow on CPUs. In a graph TensorFlow puts them in by itself
 * (`mkl_layout_pass.cc`), under names that begin with `_MklNative`; here they are called by these names.
 */
export const oneDnn = { _kernel: "MklNameChangeOp" } as const;

/**
 * Makes a function that tells whether an operation of oneDNN's runs here: on a CPU, with oneDNN in use. It tries once.
 *
 * @param attempt runs the operation of that name
 * @param expected the one value of its result
 */
export function tryOnce(
	attempt: (name: string) => tf.Tensor,
	expected: number,
): (name: string) => boolean {
	const known = new Map<string, boolean>();
	const runs = (name: string) => {
		const { isUsingGpuDevice } = tf.backend() as unknown as {
			readonly isUsingGpuDevice: boolean;
		};
		if (isUsingGpuDevice) return false;
		try {
			const result = tf.tidy(() => attempt(name));
			const [value] = result.dataSync();
			result.dispose();
			return value === expected;
		} catch {
			return false;
		}
	};
	return (name) => {
		const result = known.get(name) ?? runs(name);
		known.set(name, result);
		return result;
	};
}
