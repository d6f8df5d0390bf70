import type { tf } from "../tf";
import {
	type Dataset,
	findDataset,
	findGroup,
	type Group,
	readStrings,
} from "./hdf5";
import { toSnakeCase } from "./keras_names";

/** What a file must have for one layer of a model. */
export interface LayerWeights {
	readonly name: string;
	/** Of tfjs. */
	readonly className: string;
	/** In the order of `layer.weights`. */
	readonly weights: readonly {
		readonly name: string;
		readonly shape: readonly number[];
	}[];
}

/** Describes the layers of a model that have weights. */
export function describeWeights(model: tf.LayersModel): LayerWeights[] {
	return model.layers
		.filter(({ weights }) => weights.length > 0)
		.map((layer) => ({
			name: layer.name,
			className: layer.getClassName(),
			weights: layer.weights.map(({ originalName, shape }) => ({
				name: originalName,
				shape: shape as number[],
			})),
		}));
}

/** The saved weights of one layer, in the order of `layer.weights`. */
export type SavedWeights = readonly (Dataset | undefined)[];

/**
 * The saved weights by layer name, without layers that are missing in the file. In files that are read by order, layers
 * beyond the model's have their number as key.
 */
export type SavedLayers = ReadonlyMap<string, SavedWeights>;

/**
 * Finds the weights of `layers` in any of the layouts that Keras saves.
 *
 * @returns undefined if the file does not have any of these layouts
 */
export function findSavedLayers(
	root: Group,
	layers: readonly LayerWeights[],
): SavedLayers | undefined {
	const stored = findGroup(root, "layers");
	if (stored) return findByClass(stored, layers);
	const group = findGroup(root, "model_weights") ?? root;
	const names = readStrings(group, "layer_names");
	if (names.length === 0) return undefined;
	for (const name of names) {
		const nested = findGroup(group, name);
		if (nested && holdsSeveralLayers(nested)) return findByName(nested, layers);
	}
	return findByOrder(group, names, layers);
}

/**
 * The legacy layout, of Keras's own weights files and of `model.save("x.h5")`: one group per layer in the order of the
 * attribute `layer_names`, each with `weight_names`. Keras sets weights in that order and ignores the layer names, which
 * have changed since its files were made.
 */
function findByOrder(
	group: Group,
	names: readonly string[],
	layers: readonly LayerWeights[],
): SavedLayers {
	const saved: SavedWeights[] = [];
	for (const name of names) {
		const layer = findGroup(group, name);
		if (!layer) continue;
		const weights = readStrings(layer, "weight_names");
		if (weights.length > 0) {
			saved.push(weights.map((weight) => findDataset(layer, weight)));
		}
	}
	return new Map(
		saved.map((weights, i) => [layers[i]?.name ?? `${i}`, weights]),
	);
}

/**
 * The base inside a whole model, `model_weights/<model>/<layer>/<weight>`: all its weights are in one group, whose
 * `weight_names` lists trainable ones first, so that weights can only be matched by name.
 */
function findByName(
	group: Group,
	layers: readonly LayerWeights[],
): SavedLayers {
	const paths = new Map(
		readStrings(group, "weight_names").map((path) => [
			`${ownerOf(path)}/${weightName(path)}`,
			path,
		]),
	);
	const saved = new Map<string, SavedWeights>();
	for (const layer of layers) {
		const found = layer.weights.map((weight) =>
			paths.get(`${layer.name}/${weightName(weight.name)}`),
		);
		if (found.every((path) => path === undefined)) continue;
		saved.set(
			layer.name,
			found.map((path) => (path ? findDataset(group, path) : undefined)),
		);
	}
	return saved;
}

/**
 * Keras 3's `.weights.h5`: `layers/<class>_<n>/vars/<i>`, for the n-th layer of its class. In the weights of a whole
 * model, those of its base are in `layers/functional/layers`.
 */
function findByClass(
	stored: Group,
	layers: readonly LayerWeights[],
): SavedLayers {
	const nested = findGroup(stored, "functional/layers");
	const group = nested ?? stored;
	const seen = new Map<string, number>();
	const saved = new Map<string, SavedWeights>();
	for (const layer of layers) {
		const className = toSnakeCase(layer.className);
		const n = seen.get(className) ?? 0;
		seen.set(className, n + 1);
		const vars = findGroup(
			group,
			`${n ? `${className}_${n}` : className}/vars`,
		);
		if (!vars) continue;
		const weights = layer.weights.map((_, i) => findDataset(vars, `${i}`));
		saved.set(layer.name, weights);
	}
	return saved;
}

function holdsSeveralLayers(group: Group): boolean {
	return new Set(readStrings(group, "weight_names").map(ownerOf)).size > 1;
}

/** The layer name in a path such as `Conv1/kernel:0` or `model/Conv1/kernel`. */
function ownerOf(path: string): string | undefined {
	return path.split("/").at(-2);
}

/** The weight name in such a path; Keras 3 calls a depthwise kernel `kernel`. */
export function weightName(path: string): string {
	const name = path.split("/").at(-1) ?? "";
	return name.replace(/:0$/, "").replace(/^depthwise_kernel$/, "kernel");
}
