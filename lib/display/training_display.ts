import type { Callback, Logs } from "../training/callbacks";
import type { History, Metrics } from "../training/history";
import { createOutput, inNotebook } from "./notebook";
import { createBar, progressHtml } from "./progress";
import { escapeXml } from "./svg_text";
import { createThrottle } from "./throttle";
import { createTimeLeft } from "./time_left";
import { chartSvg, historyTable } from "./training_html";
import { formatEpochs, formatMetrics } from "./training_text";

/** What is shown of a training while it runs, as a callback of `fit`, and what stays of it. */
export interface TrainingDisplay extends Callback {
	/**
	 * Leaves the final frame: a table in a notebook, a line an epoch elsewhere.
	 *
	 * @param remark what else to say, such as that the training was interrupted
	 */
	end(remark?: string): void;
}

/** The sizes of a training, and the history that it fills. */
export interface Training {
	readonly epochs: number;
	/** How many epochs were trained before. */
	readonly initialEpoch: number;
	/** Batches of an epoch, those of the validation included. */
	readonly batches: number;
	readonly history: History;
	/** 0 shows nothing but that it was interrupted. */
	readonly verbose: 0 | 1;
}

/** A place to show a training in: all but the counting. */
interface Screen {
	draw(status: Status): void;
	epoch(): void;
	end(remark: string | undefined): void;
}

/** Where a training is. */
interface Status {
	/** From 1. */
	readonly epoch: number;
	/** The share of the epoch's batches that is done, 0–1. */
	readonly fraction: number;
	/** The batch, the metrics and the time. */
	readonly text: string;
}

/** Shows a training in place: a bar, a table and a chart in a notebook, a bar and lines in a terminal, lines elsewhere. */
export function createTrainingDisplay(training: Training): TrainingDisplay {
	const { epochs, initialEpoch, batches, history } = training;
	const screen = createScreen(training);
	const isDue = createThrottle();
	const timeLeft = createTimeLeft(epochs - initialEpoch, batches);
	const started = performance.now();
	let done = 0;
	let trained: Logs = {};
	const draw = () => {
		done++;
		if (!isDue()) return;
		const { batch, size, ...metrics } = trained;
		const text = [
			// A narrow terminal cuts what comes last.
			`${done}/${batches}`,
			timeLeft(history.seconds.length, done),
			...formatMetrics(metrics as unknown as Metrics),
			`${((performance.now() - started) / 1000).toFixed(0)} s so far`,
		].join(" - ");
		const epoch = initialEpoch + history.seconds.length + 1;
		screen.draw({ epoch, fraction: done / batches, text });
	};
	return {
		onBatchEnd(_, logs = {}) {
			trained = logs;
			draw();
		},
		onTestBatchEnd: draw,
		onEpochEnd() {
			done = 0;
			screen.epoch();
		},
		end: screen.end,
	};
}

function createScreen(training: Training): Screen {
	if (!training.verbose) return { ...plainScreen(training), epoch() {} };
	if (inNotebook()) return notebookScreen(training);
	return process.stdout.isTTY
		? terminalScreen(training)
		: plainScreen(training);
}

function notebookScreen({ epochs, initialEpoch, history }: Training): Screen {
	const output = createOutput();
	return {
		draw({ epoch, fraction, text }) {
			output({
				"text/html": `<div><b>Epoch ${epoch}/${epochs}</b> ${progressHtml(fraction)} ${escapeXml(text)}</div>${chartSvg(history, epochs - initialEpoch)}${historyTable(history, undefined, initialEpoch)}`,
				"text/plain": `Epoch ${epoch}/${epochs} - ${text}`,
			});
		},
		epoch() {},
		end(remark) {
			output({
				"text/html": historyTable(history, remark, initialEpoch),
				"text/plain": [
					...formatEpochs(history, epochs, initialEpoch),
					remark ?? [],
				]
					.flat()
					.join("\n"),
			});
		},
	};
}

function plainScreen({ epochs, initialEpoch, history }: Training): Screen {
	return {
		draw() {},
		epoch: () =>
			console.log(formatEpochs(history, epochs, initialEpoch).at(-1)),
		end: (remark) => remark && console.log(remark),
	};
}

function terminalScreen(training: Training): Screen {
	const lines = plainScreen(training);
	const bar = createBar();
	return {
		draw({ epoch, fraction, text }) {
			const payload = { title: `Epoch ${epoch}/${training.epochs}`, text };
			if (!bar.isActive) bar.start(1, 0, payload);
			bar.update(fraction, payload);
		},
		epoch() {
			bar.stop();
			lines.epoch();
		},
		end(remark) {
			bar.stop();
			lines.end(remark);
		},
	};
}
