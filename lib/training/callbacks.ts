import { TransferLearningError } from "../errors";
import { tf } from "../tf";

/** Metrics under Keras's names. `onBatchEnd` also gets `batch` and `size`. */
export type Logs = Readonly<Record<string, number>>;

/**
 * Functions that `fit` calls during training, under tfjs's names. `onTestBatchEnd` is Keras's; it is called after each
 * batch of the validation data.
 *
 * Epochs and batches count from 0. The logs of a batch are means over the epoch so far; those of an epoch
 * include the validation's, such as `val_loss`.
 *
 * @example const callback: Callback = { onEpochEnd: (epoch, logs) => console.log(epoch, logs?.val_loss) };
 */
export interface Callback {
	setParams?(params: Readonly<Record<string, unknown>>): void;
	setModel?(model: tf.LayersModel): void;
	onTrainBegin?(logs?: Logs): unknown;
	onTrainEnd?(logs?: Logs): unknown;
	onEpochBegin?(epoch: number, logs?: Logs): unknown;
	onEpochEnd?(epoch: number, logs?: Logs): unknown;
	onBatchBegin?(batch: number, logs?: Logs): unknown;
	onBatchEnd?(batch: number, logs?: Logs): unknown;
	onTestBatchEnd?(batch: number, logs?: Logs): unknown;
}

/**
 * One callback of `fit`, or several: tfjs's own (`tf.callbacks.earlyStopping()`, a `tf.CustomCallback`) or plain
 * objects with some of the functions of `Callback`.
 *
 * @example const callbacks: Callbacks = [tf.callbacks.earlyStopping({ patience: 2 }), { onTrainEnd: () => console.log("done") }];
 */
export type Callbacks = Callback | readonly Callback[];

const hooks = [
	"onTrainBegin",
	"onTrainEnd",
	"onEpochBegin",
	"onEpochEnd",
	"onBatchBegin",
	"onBatchEnd",
	"onTestBatchEnd",
] as const;

/**
 * Makes a list of the callbacks that `fit` was given.
 *
 * @throws TransferLearningError for a value without any of the functions, or with `onYield`, which `fit` never calls.
 */
export function listCallbacks(callbacks: Callbacks | undefined): Callback[] {
	const list = [callbacks ?? []].flat() as Callback[];
	for (const callback of list) {
		const has = (name: string) =>
			typeof (callback as Record<string, unknown> | null)?.[name] ===
			"function";
		if (has("onYield") && !(callback instanceof tf.CustomCallback)) {
			throw new TransferLearningError(
				"A callback has onYield, which fit does not call. Use onBatchEnd.",
			);
		}
		if (!hooks.some(has)) {
			throw new TransferLearningError(
				`A callback has none of ${hooks.join(", ")}. Give fit an object with some of these functions, such as { onEpochEnd: (epoch, logs) => console.log(logs.loss) }.`,
			);
		}
	}
	return list;
}

/** Calls one function of each callback, one after the other, each with its own copy of the logs. */
export async function callAll(
	callbacks: readonly Callback[],
	hook: (typeof hooks)[number],
	...args: [logs: Logs] | [index: number, logs: Logs]
): Promise<void> {
	for (const callback of callbacks) {
		const copies = args.map((arg) =>
			typeof arg === "number" ? arg : { ...arg },
		);
		await (callback[hook] as ((...args: unknown[]) => unknown) | undefined)?.(
			...copies,
		);
	}
}
