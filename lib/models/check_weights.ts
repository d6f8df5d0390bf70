import { readWeights } from "./load_weights";
import { buildMobileNetV2 } from "./mobilenet_v2_layers";
import { weightName } from "./saved_layers";
import { WeightsError } from "./weights_error";

/**
 * Checks that a file has MobileNetV2's weights for `alpha`: the same layers in the same order, with arrays of the same
 * names and shapes. All arrays are read, so that HDF5 verifies their checksums.
 *
 * Layer names are not compared: Keras matches layers by order, and its files date from when they had other names.
 *
 * @throws WeightsError if the file cannot be read, or does not match.
 */
export async function checkWeights(file: string, alpha: number): Promise<void> {
	const wrong = (problem: string) =>
		new WeightsError(file, problem, "Download it again.");
	// Small for speed: the weights do not depend on the image size.
	const model = buildMobileNetV2([32, 32, 3], alpha);
	try {
		await readWeights(model, file, (weights, layerCount) => {
			const expected = model.layers.filter(({ weights }) => weights.length > 0);
			if (layerCount !== expected.length) {
				throw wrong(
					`has ${layerCount} layers with weights instead of ${expected.length}`,
				);
			}
			for (const { layer, variable, dataset, values } of weights) {
				const name = weightName(variable.originalName);
				const found = weightName(dataset.path);
				if (found !== name) {
					throw wrong(
						`has the array ${found} where layer ${layer.name} needs ${name}`,
					);
				}
				const size = variable.shape.reduce<number>((a, b) => a * (b ?? 1), 1);
				if (values().length !== size) {
					throw wrong(`has an incomplete ${name} of layer ${layer.name}`);
				}
			}
		});
	} finally {
		model.dispose();
	}
}
