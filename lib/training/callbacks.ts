import { TransferLearningError } from "../errors";
import { tf } from "../tf";

/** Metrics under Keras's names; `onBatchEnd` gets `batch` and `size`, too. */
export type Logs = Readonly<Record<string, number>>;

/**
 * What `fit` calls on its way, under tfjs's names. `onTestBatchEnd` is Keras's, called after each batch of the validation.
 *
 * Epochs and batches count from 0. The logs of a batch are means over the epoch so far; those of an epoch
 * hold the validation's, such as `val_loss`.
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

/** Callbacks as `fit` takes them: tfjs's own (`tf.callbacks.earlyStopping()`, a `tf.CustomCallback`) or plain objects with some of the hooks. */
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
 * Makes one list of what `fit` was given.
 *
 * @throws TransferLearningError for something without any hook, or with `onYield`, which `fit` never calls.
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

/** Calls one hook of each callback, one after the other. */
export async function callAll(
	callbacks: readonly Callback[],
	call: (callback: Callback) => unknown,
): Promise<void> {
	for (const callback of callbacks) await call(callback);
}
