import type { History, Metrics } from "../training/history";

/** Formats metrics as `loss: 0.1234`, `accuracy: 0.9500`, … */
export function formatMetrics(metrics: Metrics): string[] {
	return Object.entries(metrics).map(
		([name, value]) => `${name}: ${formatMetric(value)}`,
	);
}

/** Formats a value as Keras's progress bar does: four decimals, or scientific notation up to 0.001. */
export function formatMetric(value: number): string {
	if (!Number.isFinite(value)) return "not a number";
	return value !== 0 && Math.abs(value) <= 1e-3
		? value.toExponential(4)
		: value.toFixed(4);
}

/** Formats a history as one line per epoch, similar to Keras: `Epoch  3/10 - 0.21 s - loss: 0.0841 - accuracy: 0.9737 - …` */
export function formatEpochs(
	history: History,
	epochs: number,
	initialEpoch = 0,
): string[] {
	const columns = metricColumns(history);
	return history.seconds.map((seconds, epoch) => {
		const number = String(initialEpoch + epoch + 1).padStart(
			String(epochs).length,
		);
		const metrics = columns.map(
			([name, values]) => `${name}: ${formatMetric(values[epoch] as number)}`,
		);
		return [
			`Epoch ${number}/${epochs}`,
			`${seconds.toFixed(2)} s`,
			...metrics,
		].join(" - ");
	});
}

/** The metrics of a history that have values, training before validation, without the seconds. */
export function metricColumns(history: History): [string, number[]][] {
	const filled = Object.entries(history).filter(
		([name, values]) => name !== "seconds" && values.length > 0,
	);
	const isValidation = ([name]: [string, number[]]) => name.startsWith("val_");
	return [
		...filled.filter((column) => !isValidation(column)),
		...filled.filter(isValidation),
	];
}
