import { TransferLearningError } from "../errors";
import { tf } from "../tf";
import { type Dataset, readHdf5 } from "./hdf5";
import { findSavedLayers, type SavedLayers } from "./saved_layers";
import { WeightsError } from "./weights_error";

/** A weight of a model, and what a file holds for it. */
export interface FoundWeight {
	readonly layer: tf.layers.Layer;
	readonly variable: tf.layers.Layer["weights"][number];
	/** Has the variable's shape. */
	readonly dataset: Dataset;
	/** Reads the numbers. */
	readonly values: () => Float32Array;
}

/**
 * Fills a model with the weights of an `.h5` file that Keras saved: Keras-applications' files of weights, a
 * whole model (`model.save`) that is or contains this one, or Keras 3's `.weights.h5`.
 *
 * Either all weights of the model are set, or none.
 *
 * @throws TransferLearningError if the file cannot be read, or if a layer is missing or has another shape.
 */
export async function loadWeights(
	model: tf.LayersModel,
	file: string,
): Promise<void> {
	await readWeights(model, file, (weights) => {
		// All are read before the first one is set.
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
 * Finds all weights of a model in a file, and gives them to `use` while the file is open, with the number of layers
 * that have weights in the file.
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
		try {
			const saved = findSavedLayers(root, layers);
			if (!saved) {
				throw new WeightsError(
					file,
					"is an HDF5 file, but not one of Keras's: it has neither layer_names nor layers",
					"Name an .h5 file that Keras's save or save_weights wrote.",
				);
			}
			const weights = layers.flatMap((layer) => pair(layer, saved, file));
			return use(weights, saved.size);
		} catch (error) {
			if (error instanceof TransferLearningError) throw error;
			throw new WeightsError(
				file,
				`is damaged: the HDF5 library cannot read it (${findCause(error as Error)})`,
				"Delete it and download it again.",
				{ cause: error },
			);
		}
	});
}

/** The innermost reason of an HDF5 error: it is a stack, whose lines end in `in H5Z_pipeline(): reason`. */
function findCause({ message }: Error): string {
	return [...message.matchAll(/\(\): (.+)/g)].at(-1)?.[1] ?? message;
}

function pair(
	layer: tf.layers.Layer,
	saved: SavedLayers,
	file: string,
): FoundWeight[] {
	const found = saved.get(layer.name);
	if (!found) throw misfit(file, layer.name, "is not in it");
	if (found.length !== layer.weights.length) {
		throw misfit(
			file,
			layer.name,
			`should have ${layer.weights.length} arrays of weights, and has ${found.length} in it`,
		);
	}
	return layer.weights.map((variable, i) => {
		const dataset = found[i];
		const name = variable.originalName.split("/").at(-1);
		if (!dataset) throw misfit(file, layer.name, `has no ${name} in it`);
		const expected = variable.shape.join(", ");
		const shape = dataset.shape?.join(", ") ?? "";
		if (shape !== expected) {
			throw misfit(
				file,
				layer.name,
				`should have a ${name} of shape [${expected}], and has one of [${shape}] in it`,
			);
		}
		return { layer, variable, dataset, values: () => readFloats(dataset) };
	});
}

function misfit(file: string, layer: string, what: string): WeightsError {
	return new WeightsError(
		file,
		`does not fit: layer ${layer} ${what}`,
		"It must hold a MobileNetV2 of the same alpha and number of channels. Name another file, or change alpha or inputShape to match this one.",
	);
}

function readFloats(dataset: Dataset): Float32Array {
	const { value } = dataset;
	return value instanceof Float32Array
		? value
		: Float32Array.from(value as ArrayLike<number>);
}
