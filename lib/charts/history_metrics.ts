import type { History } from "../training/history";

/** The metric to show beside the loss: accuracy, else the first one that the model was compiled with, if any. */
export function mainMetric(history: History): string | undefined {
	const metrics = Object.keys(history).filter(
		(name) => name !== "loss" && name !== "seconds" && !name.startsWith("val_"),
	);
	return metrics.includes("accuracy") ? "accuracy" : metrics[0];
}

/** A metric's name in a chart. */
export function nameMetric(metric: string): string {
	if (metric === "accuracy") return "Accuracy";
	return metric === "loss" ? "Loss" : metric;
}

/** The values that are finite numbers. */
export function finite(values: readonly number[]): number[] {
	return values.filter(Number.isFinite);
}

/** The index of the best value, or undefined if no value is finite or the metric's name does not tell what is better. */
export function bestIndex(
	metric: string,
	values: readonly number[],
): number | undefined {
	const compare = /acc|precision|recall|auc/i.test(metric)
		? Math.max
		: /loss|error|entropy|^m[as]p?e$/i.test(metric)
			? Math.min
			: undefined;
	const numbers = finite(values);
	if (!compare || numbers.length === 0) return undefined;
	return values.indexOf(compare(...numbers));
}
