import { readWeights } from "./load_weights";
import { buildMobileNetV2 } from "./mobilenet_v2_layers";
import { weightName } from "./saved_layers";
import { WeightsError } from "./weights_error";

/**
 * Checks a file against what Keras's file of MobileNetV2's weights for `alpha` must hold: as many layers, in each as
 * many arrays, of the same names and shapes, in the same order. All arrays are read, so that HDF5 checks their checksums.
 *
 * The names of the layers are not compared: Keras goes by order, and its files were made when the layers of
 * MobileNetV2 had other names.
 *
 * @throws WeightsError saying what is wrong with the file.
 */
export async function checkWeights(file: string, alpha: number): Promise<void> {
	const wrong = (problem: string) =>
		new WeightsError(file, problem, "Fetch it again.");
	// Small for speed: the weights do not depend on the size of the images.
	const model = buildMobileNetV2([32, 32, 3], alpha);
	try {
		await readWeights(model, file, (weights, layerCount) => {
			const expected = model.layers.filter(({ weights }) => weights.length > 0);
			if (layerCount !== expected.length) {
				throw wrong(
					`holds ${layerCount} layers with weights instead of ${expected.length}`,
				);
			}
			for (const { layer, variable, dataset, values } of weights) {
				const name = weightName(variable.originalName);
				const found = weightName(dataset.path);
				if (found !== name) {
					throw wrong(
						`has the array ${found} where layer ${layer.name} has ${name}`,
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
