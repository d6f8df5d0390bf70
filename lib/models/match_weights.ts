import type { Dataset, Group } from "./hdf5";
import { findSavedLayers, type LayerWeights } from "./saved_layers";
import { WeightsError } from "./weights_error";

/** All weights of a model, as a file has them. */
export interface FoundWeights {
	/** For each layer, its arrays in the order of `LayerWeights.weights`. */
	readonly layers: readonly (readonly FoundArray[])[];
	/** The number of layers with weights in the file. */
	readonly layerCount: number;
}

/** An array of the expected shape. */
export interface FoundArray {
	/** Its path in the file. */
	readonly path: string;
	readonly values: Float32Array;
}

/**
 * Finds and reads the arrays of all layers. An array is read only if its shape and type are right, so the numbers take no
 * more memory than the model's.
 *
 * @param file the file's name, for errors
 * @throws WeightsError if a layer is missing or has other arrays
 */
export function matchWeights(
	root: Group,
	file: string,
	layers: readonly LayerWeights[],
): FoundWeights {
	const saved = findSavedLayers(root, layers);
	if (!saved) {
		throw new WeightsError(
			file,
			"is an HDF5 file, but not one of Keras's: it has neither layer_names nor layers",
			"Use an .h5 file that Keras wrote with save or save_weights.",
		);
	}
	const matched = layers.map((layer) =>
		matchLayer(layer, saved.get(layer.name), file),
	);
	return {
		layers: matched.map((datasets) => datasets.map(readArray)),
		layerCount: saved.size,
	};
}

function matchLayer(
	layer: LayerWeights,
	found: readonly (Dataset | undefined)[] | undefined,
	file: string,
): Dataset[] {
	const misfit = (what: string) =>
		new WeightsError(
			file,
			`does not fit: layer ${layer.name} ${what}`,
			"The file must have the weights of a MobileNetV2 with the same alpha and number of channels. Use another file, or change alpha or inputShape to match this one.",
		);
	if (!found) throw misfit("is missing");
	if (found.length !== layer.weights.length) {
		throw misfit(
			`should have ${layer.weights.length} weight arrays, but has ${found.length}`,
		);
	}
	return layer.weights.map((weight, i) => {
		const dataset = found[i];
		const name = weight.name.split("/").at(-1);
		if (!dataset) throw misfit(`has no ${name}`);
		const expected = weight.shape.join(", ");
		const shape = dataset.shape?.join(", ") ?? "";
		if (shape !== expected) {
			throw misfit(
				`should have a ${name} of shape [${expected}], but has one of [${shape}]`,
			);
		}
		if (dataset.dtype !== "<f" && dataset.dtype !== "<d") {
			throw misfit(
				`should have a ${name} of 32- or 64-bit floats, but has another type of numbers`,
			);
		}
		return dataset;
	});
}

function readArray({ path, value }: Dataset): FoundArray {
	const values =
		value instanceof Float32Array
			? value
			: Float32Array.from(value as Float64Array);
	return { path, values };
}
