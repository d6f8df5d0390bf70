import { buildMobileNetV2 } from "./mobilenet_v2_layers";
import { readWeights } from "./read_weights";
import { describeWeights, weightName } from "./saved_layers";
import { WeightsError } from "./weights_error";

/**
 * Checks that a file has MobileNetV2's weights for `alpha`: the same layers in the same order, with arrays of the same
 * names and shapes. All arrays are read, so that HDF5 verifies their checksums.
 *
 * Layer names are not compared: Keras matches layers by order, and its files date from when they had other names.
 *
 * @throws TransferLearningError if the file cannot be read, or does not match.
 */
export async function checkWeights(file: string, alpha: number): Promise<void> {
	const wrong = (problem: string) =>
		new WeightsError(file, problem, "Download it again.");
	// Small for speed: the weights do not depend on the image size.
	const model = buildMobileNetV2([32, 32, 3], alpha);
	const expected = describeWeights(model);
	model.dispose();
	const { layers, layerCount } = await readWeights(file, expected);
	if (layerCount !== expected.length) {
		throw wrong(
			`has ${layerCount} layers with weights instead of ${expected.length}`,
		);
	}
	for (const [i, layer] of expected.entries()) {
		for (const [j, weight] of layer.weights.entries()) {
			const name = weightName(weight.name);
			const found = weightName(layers[i]?.[j]?.path ?? "");
			if (found !== name) {
				throw wrong(
					`has the array ${found} where layer ${layer.name} needs ${name}`,
				);
			}
		}
	}
}
