import type { Logs } from "../training/callbacks";
import type { ShownTraining, TrainingDisplay } from "../training/display";
import type { Metrics } from "../training/history";
import { createBar, progressHtml } from "./progress";
import { escapeXml } from "./svg_text";
import { createThrottle } from "./throttle";
import { createTimeLeft } from "./time_left";
import { chartSvg, historyTable } from "./training_html";
import { formatEpochs, formatMetrics } from "./training_text";
import { createOutput, inNotebook } from "./tslab";

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
export function createTrainingDisplay(
	training: ShownTraining,
): TrainingDisplay {
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

function createScreen(training: ShownTraining): Screen {
	if (!training.verbose) return { ...plainScreen(training), epoch() {} };
	if (inNotebook()) return notebookScreen(training);
	return process.stdout.isTTY
		? terminalScreen(training)
		: plainScreen(training);
}

function notebookScreen({
	epochs,
	initialEpoch,
	history,
}: ShownTraining): Screen {
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

function plainScreen({ epochs, initialEpoch, history }: ShownTraining): Screen {
	return {
		draw() {},
		epoch: () =>
			console.log(formatEpochs(history, epochs, initialEpoch).at(-1)),
		end: (remark) => remark && console.log(remark),
	};
}

function terminalScreen(training: ShownTraining): Screen {
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
