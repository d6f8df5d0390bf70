import { TransferLearningError } from "../errors";
import { tf } from "../tf";
import type { Metrics } from "./history";
import { kerasLosses, type LossFunction, type Output } from "./losses";

/** A metric of a model, as sums that make its value over any number of batches. */
export interface Metric {
	readonly name: string;
	/** The sum over a batch, and what to divide the sums of all batches by. */
	readonly measure: (
		ys: tf.Tensor,
		output: Output,
	) => readonly [numerator: tf.Tensor, denominator: tf.Tensor | number];
}

/**
 * The metrics that a model was compiled with, under Keras's names and with Keras's meaning: `accuracy` is binary, categorical or
 * sparse by the shapes of targets and predictions (`keras/src/trainers/compile_utils.py`).
 */
export function metricsOf(model: tf.LayersModel): Metric[] {
	const functions = model.metricsTensors ?? [];
	const metrics = compiledMetrics(model);
	requireOwnNames(metrics.map(nameOf));
	return metrics.map((metric, i) => {
		const name = nameOf(metric);
		const compute = functions[i]?.[0];
		if (!compute) {
			throw new TransferLearningError(
				`The metric "${name}" of model "${model.name}" is missing. Compile the model again.`,
			);
		}
		const known =
			typeof metric === "string"
				? kerasMetrics[metric]
				: overAllExamples.get(metric);
		return {
			name,
			measure:
				known ??
				meanOf((ys, { predictions }) => compute(ys, predictions) as tf.Tensor),
		};
	});
}

type CompiledMetric = string | ((...args: never[]) => unknown);

function compiledMetrics(model: tf.LayersModel): CompiledMetric[] {
	const { metrics } = model as unknown as { metrics?: unknown };
	if (metrics === null || metrics === undefined) return [];
	const isDictionary = typeof metrics === "object" && !Array.isArray(metrics);
	return (isDictionary ? Object.values(metrics) : [metrics]).flat(2);
}

function nameOf(metric: CompiledMetric): string {
	if (typeof metric !== "string") return metric.name || "metric";
	// A history has Keras's usual name for either.
	return metric === "acc" ? "accuracy" : metric;
}

/** Checks that no metric takes another's place in the history. */
function requireOwnNames(names: readonly string[]): void {
	const taken = new Set(["loss", "seconds"]);
	for (const name of names) {
		if (taken.has(name)) {
			throw new TransferLearningError(
				`A metric is called "${name}", and so is something else in the history. A metric that is a function has the function's name: give each its own, function worst(ys, predictions) { … }, for instance.`,
			);
		}
		taken.add(name);
	}
}

/** A metric that is a mean over examples (and places). */
function meanOf(compute: LossFunction): Metric["measure"] {
	return (ys, output) => {
		const values = compute(ys, output);
		// Keras takes a single number for one value, whatever the size of the batch.
		const size = values.rank === 0 ? 1 : (ys.shape[0] as number);
		return [tf.mul(tf.mean(values), size), size];
	};
}

const binaryAccuracy: LossFunction = (ys, { predictions }) =>
	tf.equal(ys, tf.greater(predictions, 0.5).toFloat()).toFloat();

const categoricalAccuracy: LossFunction = (ys, { predictions }) =>
	tf.equal(tf.argMax(ys, -1), tf.argMax(predictions, -1)).toFloat();

const sparseAccuracy: LossFunction = (ys, { predictions }) => {
	const found = tf.argMax(predictions, -1).toFloat();
	return tf.equal(ys.reshape(found.shape), found).toFloat();
};

/** Chooses by the shapes of targets and predictions, as Keras's `is_binary_or_sparse_categorical`. */
function byShapes<T>(
	ys: tf.Tensor,
	{ predictions }: Output,
	[binary, sparse, categorical]: readonly [T, T, T],
): T {
	if (predictions.shape.at(-1) === 1) return binary;
	return ys.rank < predictions.rank || ys.shape.at(-1) === 1
		? sparse
		: categorical;
}

const accuracy = meanOf((ys, output) =>
	byShapes(ys, output, [binaryAccuracy, sparseAccuracy, categoricalAccuracy])(
		ys,
		output,
	),
);

const entropies = [
	"binaryCrossentropy",
	"sparseCategoricalCrossentropy",
	"categoricalCrossentropy",
] as const;

const crossentropy = meanOf((ys, output) =>
	kerasLosses[byShapes(ys, output, entropies)].compute(ys, output),
);

/** The share of those predicted positive that are so: over all examples, not a mean of batches. tfjs's counts predictions of exactly 1. */
const precision: Metric["measure"] = (ys, { predictions }) => {
	const positive = tf.greater(predictions, 0.5).toFloat();
	return [tf.sum(tf.mul(positive, ys)), tf.sum(positive)];
};

/** The share of the positive that are predicted so. */
const recall: Metric["measure"] = (ys, { predictions }) => {
	const positive = tf.greater(predictions, 0.5).toFloat();
	return [tf.sum(tf.mul(positive, ys)), tf.sum(ys)];
};

/** tfjs's functions that are given as metrics, and are no means. */
const overAllExamples = new Map<unknown, Metric["measure"]>([
	[tf.metrics.precision, precision],
	[tf.metrics.recall, recall],
]);

/** Metrics whose value in Keras is not tfjs's: by tfjs's names. */
const kerasMetrics: Readonly<Record<string, Metric["measure"] | undefined>> = {
	accuracy,
	acc: accuracy,
	crossentropy,
	ce: crossentropy,
	binaryAccuracy: meanOf(binaryAccuracy),
	categoricalAccuracy: meanOf(categoricalAccuracy),
	...Object.fromEntries(
		entropies.map((name) => [name, meanOf(kerasLosses[name].compute)]),
	),
	precision,
};

/** A batch's loss and metrics, read out of its tensors. */
export type BatchMetrics = {
	/** How many examples the batch has. */
	readonly size: number;
	readonly loss: number;
	/** Numerators and denominators of the metrics, in their order. */
	readonly sums: [number, number][];
};

/** The loss, already computed, and the metrics of a batch. */
export function measureBatch(
	metrics: readonly Metric[],
	ys: tf.Tensor,
	output: Output,
	loss: tf.Scalar,
): BatchMetrics {
	const read = (value: tf.Tensor | number) =>
		typeof value === "number" ? value : (value.dataSync()[0] as number);
	const sums = tf.tidy(() =>
		metrics.map(
			({ measure }) => measure(ys, output).map(read) as [number, number],
		),
	);
	return { size: ys.shape[0] as number, loss: read(loss), sums };
}

/** Loss and metrics over the batches so far. */
export class RunningMetrics {
	private examples = 0;
	private loss = 0;
	private readonly sums: [number, number][];

	constructor(readonly metrics: readonly Metric[]) {
		this.sums = metrics.map(() => [0, 0]);
	}

	/** Each batch counts by its size, so that a smaller last one does not weigh too much. */
	add({ size, loss, sums }: BatchMetrics): void {
		this.examples += size;
		this.loss += loss * size;
		for (const [i, [numerator, denominator]] of sums.entries()) {
			const sum = this.sums[i] as [number, number];
			sum[0] += numerator;
			sum[1] += denominator;
		}
	}

	get values(): Metrics {
		const metrics = this.metrics.map(({ name }, i) => {
			const [numerator, denominator] = this.sums[i] as [number, number];
			// As Keras's `divide_no_nan`.
			return [name, denominator === 0 ? 0 : numerator / denominator];
		});
		return { loss: this.loss / this.examples, ...Object.fromEntries(metrics) };
	}
}

/** The names of the loss and the metrics, in the order of a history. */
export function metricNames(metrics: readonly Metric[]): string[] {
	return ["loss", ...metrics.map(({ name }) => name)];
}
