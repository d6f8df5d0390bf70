import type { History } from "../training/history";

/** The metrics of a history besides the loss, without those of validation, in the order in which the model was compiled with them. */
export function otherMetrics(history: History): string[] {
	return Object.keys(history).filter(
		(name) => name !== "loss" && name !== "seconds" && !name.startsWith("val_"),
	);
}

/** The metric that is shown beside the loss: accuracy if there is any, else the first other one; undefined if there is only the loss. */
export function mainMetric(history: History): string | undefined {
	const metrics = otherMetrics(history);
	return metrics.includes("accuracy") ? "accuracy" : metrics[0];
}

/** How a metric is called in a chart. */
export function nameMetric(metric: string): string {
	if (metric === "accuracy") return "Accuracy";
	return metric === "loss" ? "Loss" : metric;
}

/** The values that are numbers. */
export function finite(values: readonly number[]): number[] {
	return values.filter(Number.isFinite);
}

/** The place of the best value, by a metric's name; undefined if no value is a number, or nobody knows which is better. */
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
