import { tf } from "../tf";
import { type Dataset, readHdf5 } from "./hdf5";
import { findSavedLayers, type SavedLayers } from "./saved_layers";
import { WeightsError } from "./weights_error";

/** A weight of a model, and the file's data set for it. */
export interface FoundWeight {
	readonly layer: tf.layers.Layer;
	readonly variable: tf.layers.Layer["weights"][number];
	/** It has the variable's shape. */
	readonly dataset: Dataset;
	/** Reads the numbers. */
	readonly values: () => Float32Array;
}

/**
 * Sets a model's weights from an `.h5` file that Keras saved: a weights file of Keras Applications, a whole model
 * (`model.save`) that is or contains this one, or Keras 3's `.weights.h5`.
 *
 * Either all weights of the model are set, or none.
 *
 * @throws WeightsError if the file cannot be read, or if a layer is missing or has a different shape.
 */
export async function loadWeights(
	model: tf.LayersModel,
	file: string,
): Promise<void> {
	await readWeights(model, file, (weights) => {
		// All are read before the first is set, so that an error leaves the model unchanged.
		const read = weights.map(({ variable, values }) => ({
			variable,
			values: values(),
		}));
		tf.tidy(() => {
			for (const { variable, values } of read) {
				variable.write(tf.tensor(values, variable.shape as number[]));
			}
		});
	});
}

/**
 * Finds all weights of a model in a file, and passes them to `use` while the file is open, with the number of layers in
 * the file that have weights.
 *
 * @throws WeightsError if the file cannot be read, here or in `use`, or does not fit the model.
 */
export async function readWeights<T>(
	model: tf.LayersModel,
	file: string,
	use: (weights: readonly FoundWeight[], layerCount: number) => T,
): Promise<T> {
	const layers = model.layers.filter((layer) => layer.weights.length > 0);
	return await readHdf5(file, (root) => {
		const saved = findSavedLayers(root, layers);
		if (!saved) {
			throw new WeightsError(
				file,
				"is an HDF5 file, but not one of Keras's: it has neither layer_names nor layers",
				"Use an .h5 file that Keras wrote with save or save_weights.",
			);
		}
		const weights = layers.flatMap((layer) => pair(layer, saved, file));
		return use(weights, saved.size);
	});
}

function pair(
	layer: tf.layers.Layer,
	saved: SavedLayers,
	file: string,
): FoundWeight[] {
	const found = saved.get(layer.name);
	if (!found) throw misfit(file, layer.name, "is missing");
	if (found.length !== layer.weights.length) {
		throw misfit(
			file,
			layer.name,
			`should have ${layer.weights.length} weight arrays, but has ${found.length}`,
		);
	}
	return layer.weights.map((variable, i) => {
		const dataset = found[i];
		const name = variable.originalName.split("/").at(-1);
		if (!dataset) throw misfit(file, layer.name, `has no ${name}`);
		const expected = variable.shape.join(", ");
		const shape = dataset.shape?.join(", ") ?? "";
		if (shape !== expected) {
			throw misfit(
				file,
				layer.name,
				`should have a ${name} of shape [${expected}], but has one of [${shape}]`,
			);
		}
		return { layer, variable, dataset, values: () => readFloats(dataset) };
	});
}

function misfit(file: string, layer: string, what: string): WeightsError {
	return new WeightsError(
		file,
		`does not fit: layer ${layer} ${what}`,
		"The file must have the weights of a MobileNetV2 with the same alpha and number of channels. Use another file, or change alpha or inputShape to match this one.",
	);
}

function readFloats(dataset: Dataset): Float32Array {
	const { value } = dataset;
	return value instanceof Float32Array
		? value
		: Float32Array.from(value as ArrayLike<number>);
}
