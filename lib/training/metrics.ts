import { TransferLearningError } from "../errors";
import { tf } from "../tf";
import type { Metrics } from "./history";
import { crossEntropies, type LossFunction, type Output } from "./losses";

/** A metric of a model, as sums that give its value over any number of batches. */
export interface Metric {
	readonly name: string;
	/** Whether it is a function of the user's own. */
	readonly isOwn: boolean;
	/** The targets that it needs: class indices, values of the predictions' shape, or any. */
	readonly targets: "indices" | "values" | "any";
	/** Returns a batch's numerator and denominator; the metric is the quotient of their sums over all batches. */
	readonly measure: (
		ys: tf.Tensor,
		output: Output,
	) => readonly [numerator: tf.Tensor, denominator: tf.Tensor | number];
}

/**
 * Returns the metrics that a model was compiled with, under Keras's names and with Keras's meaning: `accuracy` is binary,
 * categorical or sparse, depending on the shapes of targets and predictions (`keras/src/trainers/compile_utils.py`).
 *
 * @throws TransferLearningError if two of them, or one of them and the loss, would have the same name in the history.
 */
export function metricsOf(model: tf.LayersModel): Metric[] {
	const taken = new Set(["loss", "seconds"]);
	return compiledMetrics(model).map((metric, i) => {
		const name = nameOf(metric);
		if (taken.has(name)) {
			throw new TransferLearningError(
				`A metric is called "${name}", but that name is already used in the history. A metric that is a function has the function's name, so give each a different one: for example, function worst(ys, predictions) { … }.`,
			);
		}
		taken.add(name);
		const compute = model.metricsTensors?.[i]?.[0];
		if (!compute) {
			throw new TransferLearningError(
				`The metric "${name}" of model "${model.name}" is missing. Compile the model again.`,
			);
		}
		return {
			name,
			isOwn: typeof metric !== "string",
			targets: targetsOf(metric),
			measure:
				kerasMetrics.get(metric) ??
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

function targetsOf(metric: CompiledMetric): Metric["targets"] {
	if (metric === "sparseCategoricalCrossentropy") return "indices";
	// These choose by the shapes of targets and predictions.
	const adapts = ["accuracy", "acc", "crossentropy", "ce"];
	return typeof metric !== "string" || adapts.includes(metric)
		? "any"
		: "values";
}

function nameOf(metric: CompiledMetric): string {
	if (typeof metric !== "string") return metric.name || "metric";
	// A history uses Keras's usual name for both.
	return metric === "acc" ? "accuracy" : metric;
}

/** Makes a metric that is a mean over examples (and positions). */
function meanOf(compute: LossFunction): Metric["measure"] {
	return (ys, output) => {
		const values = compute(ys, output);
		// Keras counts a scalar as one value, whatever the size of the batch.
		const size = values.rank === 0 ? 1 : (ys.shape[0] as number);
		return [tf.mul(tf.mean(values), size), size];
	};
}

/** Makes a metric that is binary, sparse or categorical by shapes, as Keras's `is_binary_or_sparse_categorical`. */
function meanByShapes(
	binary: LossFunction,
	sparse: LossFunction,
	categorical: LossFunction,
): Metric["measure"] {
	return meanOf((ys, output) => {
		const { rank, shape } = output.predictions;
		if (shape.at(-1) === 1) return binary(ys, output);
		const isSparse = ys.rank < rank || ys.shape.at(-1) === 1;
		return (isSparse ? sparse : categorical)(ys, output);
	});
}

const accuracy = meanByShapes(
	(ys, { predictions }) => tf.metrics.binaryAccuracy(ys, predictions),
	(ys, { predictions }) =>
		tf.metrics.sparseCategoricalAccuracy(ys, predictions),
	(ys, { predictions }) => tf.metrics.categoricalAccuracy(ys, predictions),
);

const crossentropy = meanByShapes(
	crossEntropies.binaryCrossentropy,
	crossEntropies.sparseCategoricalCrossentropy,
	crossEntropies.categoricalCrossentropy,
);

/** The share of the positive predictions that are right, over all examples. */
const precision: Metric["measure"] = (ys, { predictions }) => {
	const positive = isPositive(predictions);
	return [tf.sum(tf.mul(positive, ys)), tf.sum(positive)];
};

/** The share of the positive examples that are predicted as such, over all examples. */
const recall: Metric["measure"] = (ys, { predictions }) => [
	tf.sum(tf.mul(isPositive(predictions), ys)),
	tf.sum(ys),
];

/** (tfjs only counts predictions of exactly 1.) */
function isPositive(predictions: tf.Tensor): tf.Tensor {
	return tf.greater(predictions, 0.5).toFloat();
}

/** By tfjs's name or function: the metrics whose values in Keras differ from tfjs's. */
const kerasMetrics = new Map<CompiledMetric, Metric["measure"]>([
	["accuracy", accuracy],
	["acc", accuracy],
	["crossentropy", crossentropy],
	["ce", crossentropy],
	...Object.entries(crossEntropies).map(
		([name, loss]) => [name, meanOf(loss)] as const,
	),
	["precision", precision],
	[tf.metrics.precision, precision],
	[tf.metrics.recall, recall],
]);

/**
 * Computes a batch's loss and the numerators and denominators of the metrics, in their order, as one vector, so that they are read
 * at once; the caller disposes it.
 *
 * @param loss the mean loss of the batch, already computed
 */
export function measureBatch(
	metrics: readonly Metric[],
	ys: tf.Tensor,
	output: Output,
	loss: tf.Scalar,
): tf.Tensor1D {
	return tf.tidy(() => {
		const sums = metrics.flatMap(({ measure }) => measure(ys, output));
		const scalars = [loss, ...sums].map((value) =>
			typeof value === "number" ? tf.scalar(value) : value.reshape([]),
		);
		return tf.stack(scalars) as tf.Tensor1D;
	});
}

/** The loss and the metrics over the batches so far. */
export class RunningMetrics {
	private examples = 0;
	private loss = 0;
	private readonly sums: { numerator: number; denominator: number }[];

	constructor(readonly metrics: readonly Metric[]) {
		this.sums = metrics.map(() => ({ numerator: 0, denominator: 0 }));
	}

	/**
	 * Adds a batch, weighted by its size, so that a smaller last one does not count too much.
	 *
	 * @param size the number of examples
	 * @param measured the result of `measureBatch`
	 */
	add(size: number, measured: tf.Tensor1D): void {
		const [loss = Number.NaN, ...sums] = measured.dataSync();
		this.examples += size;
		this.loss += loss * size;
		for (const [i, sum] of this.sums.entries()) {
			sum.numerator += sums[2 * i] as number;
			sum.denominator += sums[2 * i + 1] as number;
		}
	}

	/** Means over the examples so far. */
	get values(): Metrics {
		const metrics = this.sums.map(({ numerator, denominator }, i) => [
			this.metrics[i]?.name,
			// As Keras's `divide_no_nan`.
			denominator === 0 ? 0 : numerator / denominator,
		]);
		return { loss: this.loss / this.examples, ...Object.fromEntries(metrics) };
	}
}
