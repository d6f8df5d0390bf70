import { tf } from "../tf";
import type { Image } from "./example";

/** What the addon offers beside tfjs's own types. */
interface NativeBackend {
	readonly binding: Record<
		"TF_ATTR_INT" | "TF_ATTR_TYPE" | "TF_ATTR_BOOL" | "TF_UINT8",
		number
	>;
	executeSingleOutput(
		name: string,
		attributes: readonly { name: string; type: number; value: unknown }[],
		inputs: readonly tf.Tensor[],
	): tf.Tensor;
}

/**
 * Decodes with the operation behind Python's `tf.io.decode_image(bytes, channels=3, expand_animations=False)`, so with
 * the same bits, on the JavaScript thread. (`tf.node.decodeImage` lays out all frames of an animation.)
 *
 * @returns pixels 0–255, `[height, width, 3]`
 * @throws Error if the bytes are no JPEG, PNG, GIF or BMP, or a damaged one.
 */
export function decodeWithTensorFlow(bytes: Buffer): Image<Uint8Array> {
	const backend = tf.backend() as unknown as NativeBackend;
	const { TF_ATTR_INT, TF_ATTR_TYPE, TF_ATTR_BOOL, TF_UINT8 } = backend.binding;
	try {
		return tf.tidy(() => {
			// A string tensor takes bytes as well, though its type does not say so.
			const contents = tf.scalar(bytes as unknown as string, "string");
			const pixels = backend.executeSingleOutput(
				"DecodeImage",
				[
					{ name: "channels", type: TF_ATTR_INT, value: 3 },
					{ name: "dtype", type: TF_ATTR_TYPE, value: TF_UINT8 },
					{ name: "expand_animations", type: TF_ATTR_BOOL, value: false },
				],
				[contents],
			);
			// The addon cannot hand out bytes.
			const data = Uint8Array.from(pixels.toInt().dataSync());
			return { data, shape: pixels.shape as [number, number, number] };
		});
	} catch (cause) {
		const { message } = cause as Error;
		const reason = /Message: (.*?)\.?$/s.exec(message.trim())?.[1] ?? message;
		throw new Error(
			`it is cut short, damaged or of an unusual kind (TensorFlow: ${reason})`,
			{ cause },
		);
	}
}
