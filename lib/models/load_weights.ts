import { tf } from "../tf";
import { readWeights } from "./read_weights";
import { describeWeights } from "./saved_layers";

/**
 * Sets a model's weights from an `.h5` file that Keras saved: a weights file of Keras Applications, a whole model
 * (`model.save`) that is or contains this one, or Keras 3's `.weights.h5`.
 *
 * Either all weights of the model are set, or none.
 *
 * @throws TransferLearningError if the file cannot be read, or if a layer is missing or has a different shape.
 */
export async function loadWeights(
	model: tf.LayersModel,
	file: string,
): Promise<void> {
	const { layers } = await readWeights(file, describeWeights(model));
	const variables = model.layers.flatMap(({ weights }) => weights);
	const arrays = layers.flat();
	tf.tidy(() => {
		for (const [i, variable] of variables.entries()) {
			const { values } = arrays[i] as (typeof arrays)[number];
			variable.write(tf.tensor(values, variable.shape as number[]));
		}
	});
}
