import { SingleBar } from "cli-progress";
import type { Progress } from "../host";
import { escapeXml } from "./svg_text";
import { createThrottle } from "./throttle";
import { createOutput, inNotebook } from "./tslab";

/** Milliseconds before something is worth showing. */
const delay = 1000;

/**
 * Shows progress in place: a bar in a notebook or a terminal, a line every tenth of the way elsewhere.
 *
 * @param title what is going on, such as `Evaluating`
 */
export function createProgress(title: string): Progress {
	const screen = createScreen(title);
	const started = performance.now();
	const isDue = createThrottle();
	let shown = false;
	return {
		update(fraction, text = "") {
			if (performance.now() - started < delay || !isDue()) return;
			shown = true;
			screen.draw(fraction, text);
		},
		end(text) {
			if (!shown && text === undefined) return;
			const seconds = (performance.now() - started) / 1000;
			screen.end(`${title}: ${text ?? `done in ${seconds.toFixed(1)} s`}`);
		},
	};
}

interface Screen {
	draw(fraction: number | undefined, text: string): void;
	end(text: string): void;
}

function createScreen(title: string): Screen {
	if (inNotebook()) return notebookScreen(title);
	return process.stdout.isTTY ? terminalScreen(title) : plainScreen(title);
}

function notebookScreen(title: string): Screen {
	const output = createOutput();
	return {
		draw(fraction, text) {
			output({
				"text/html": `<div>${progressHtml(fraction)} ${escapeXml(`${title} ${text}`)}</div>`,
				"text/plain": `${title} ${formatPercent(fraction)} ${text}`,
			});
		},
		end: (text) => output({ "text/plain": text }),
	};
}

/** A bar as HTML. */
export function progressHtml(fraction: number | undefined): string {
	const value = fraction === undefined ? "" : ` value="${fraction.toFixed(4)}"`;
	return `<progress${value} max="1" style="width: 16em; vertical-align: middle; accent-color: #0072B2"></progress>`;
}

function terminalScreen(title: string): Screen {
	const bar = createBar();
	return {
		draw(fraction = 0, text) {
			const payload = { title, text: `${formatPercent(fraction)}  ${text}` };
			if (!bar.isActive) bar.start(1, 0, payload);
			bar.update(fraction, payload);
		},
		end(text) {
			bar.stop();
			console.log(text);
		},
	};
}

/** A bar on the terminal's last line, which goes away when it stops: `update(fraction, { title, text })`. */
export function createBar(): SingleBar {
	return new SingleBar({
		format: "{title} {bar} {text}",
		barCompleteChar: "█",
		barIncompleteChar: "░",
		barsize: 12,
		clearOnComplete: true,
		// Leaves the terminal's own setting alone, which Ctrl-C could not restore; long lines are cut.
		linewrap: true,
		// Otherwise the first Ctrl-C would end the bar alone.
		gracefulExit: false,
		stream: process.stdout,
	});
}

function plainScreen(title: string): Screen {
	let told = 0;
	return {
		draw(fraction = 0, text) {
			if (fraction - told < 0.1) return;
			told = fraction;
			console.log(`${title} ${formatPercent(fraction)} ${text}`.trimEnd());
		},
		end: (text) => console.log(text),
	};
}

function formatPercent(fraction: number | undefined): string {
	return fraction === undefined ? "" : `${Math.round(fraction * 100)} %`;
}
