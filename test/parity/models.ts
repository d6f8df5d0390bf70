import { mobileNetV2 } from "transfer-learning";
import { tf } from "../../lib/dist/tf";

/** The walkthrough's two dense layers; `input` for a model that begins with them. */
function headLayers(): tf.layers.Layer[] {
	return [
		tf.layers.dense({
			units: 128,
			activation: "relu",
			kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
		}),
		tf.layers.dense({
			units: 1,
			activation: "sigmoid",
			kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }),
		}),
	];
}

/** The head alone, on features `[1, 1, 1280]`; the same weights at every call. */
export function buildHead(): tf.Sequential {
	const pool = tf.layers.globalAveragePooling2d({ inputShape: [1, 1, 1280] });
	return compile(tf.sequential({ layers: [pool, ...headLayers()] }));
}

/** Frozen MobileNetV2 under the head; the head has the same weights at every call. */
export async function buildTransfer(weights: string): Promise<tf.Sequential> {
	const base = await mobileNetV2({ inputShape: [128, 128, 3], weights });
	base.trainable = false;
	const pool = tf.layers.globalAveragePooling2d({});
	return compile(tf.sequential({ layers: [base, pool, ...headLayers()] }));
}

/** The walkthrough's network from scratch; the same weights at every call. */
export function buildScratch(): tf.Sequential {
	const convolutions = [32, 64, 128, 128].flatMap((filters, i) => [
		tf.layers.conv2d({
			...(i === 0 ? { inputShape: [128, 128, 3] } : {}),
			filters,
			kernelSize: 3,
			activation: "relu",
			kernelInitializer: tf.initializers.glorotUniform({ seed: 10 + i }),
		}),
		tf.layers.maxPooling2d({ poolSize: 2 }),
	]);
	return compile(
		tf.sequential({
			layers: [...convolutions, tf.layers.flatten(), ...headLayers()],
		}),
	);
}

function compile(model: tf.Sequential): tf.Sequential {
	model.compile({
		optimizer: tf.train.adam(0.001),
		loss: "binaryCrossentropy",
		metrics: ["accuracy"],
	});
	return model;
}
