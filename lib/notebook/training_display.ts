import type { MimeBundle } from "../display";
import { formatSeconds } from "../text";
import type { Logs } from "../training/callbacks";
import type { ShownTraining, TrainingDisplay } from "../training/display";
import type { History, Metrics } from "../training/history";
import { createScreen } from "./screens";
import { chartSvg, historyTable } from "./training_html";
import { formatEpochs, formatMetrics } from "./training_text";

/** Shows a training in place: a bar, a table and a chart in a notebook, a bar and lines in a terminal, lines elsewhere. */
export function createTrainingDisplay(
	training: ShownTraining,
): TrainingDisplay {
	if (!training.verbose) {
		return { end: (remark) => remark && console.log(remark) };
	}
	const { epochs, initialEpoch, batches, history } = training;
	const screen = createScreen(false);
	const estimateTimeLeft = createEstimate(epochs - initialEpoch, batches);
	const started = performance.now();
	const epochLines = () => formatEpochs(history, epochs, initialEpoch);
	let done = 0;
	let trained: Logs = {};
	const createFrame = () => {
		const { batch, size, ...metrics } = trained;
		const text = [
			// A narrow terminal cuts off the end.
			`${done}/${batches}`,
			estimateTimeLeft(history.seconds.length, done),
			...formatMetrics(metrics as unknown as Metrics),
			`${((performance.now() - started) / 1000).toFixed(0)} s so far`,
		].join(" - ");
		return {
			title: `Epoch ${initialEpoch + history.seconds.length + 1}/${epochs}`,
			fraction: done / batches,
			text,
			html:
				chartSvg(history, epochs - initialEpoch) +
				historyTable(history, undefined, initialEpoch),
		};
	};
	const draw = () => {
		done++;
		screen.draw(createFrame);
	};
	return {
		onBatchEnd(_, logs = {}) {
			trained = logs;
			draw();
		},
		onTestBatchEnd: draw,
		onEpochEnd() {
			done = 0;
			screen.line(epochLines().at(-1) ?? "");
		},
		end(remark) {
			const bundle = formatHistory(history, initialEpoch, remark, epochs);
			screen.end(remark, bundle);
		},
	};
}

/** A history as a table, and as lines of text. */
export function formatHistory(
	history: History,
	initialEpoch: number,
	remark?: string,
	epochs = initialEpoch + history.seconds.length,
): MimeBundle {
	const lines = formatEpochs(history, epochs, initialEpoch);
	return {
		"text/html": historyTable(history, remark, initialEpoch),
		"text/plain": [...lines, remark ?? []].flat().join("\n"),
	};
}

/**
 * Creates a function that estimates the time left, such as `≤ 3 min 05 s left`.
 *
 * In the first epoch the estimate is an upper bound, because frozen layers are computed only then.
 *
 * @param batches per epoch
 */
function createEstimate(epochs: number, batches: number) {
	let epochStarted = performance.now();
	let lastEpoch = 0;
	let secondsPerBatch = 0;

	/**
	 * @param epoch the number of complete epochs
	 * @param done the number of batches done in the next one, at least 1
	 */
	return (epoch: number, done: number): string => {
		const now = performance.now();
		if (epoch > lastEpoch) {
			// The batches of the new epoch started right after the last epoch's end.
			secondsPerBatch =
				(now - epochStarted) / 1000 / (batches * (epoch - lastEpoch) + done);
			epochStarted = now - done * secondsPerBatch * 1000;
			lastEpoch = epoch;
		}
		const current = (now - epochStarted) / 1000 / done;
		const rate = epoch === 0 ? current : secondsPerBatch;
		const left = rate * ((epochs - epoch) * batches - done);
		return `${epoch === 0 && epochs > 1 ? "≤ " : ""}${formatSeconds(left)} left`;
	};
}
