import { SingleBar } from "cli-progress";
import type { MimeBundle } from "../display";
import { escapeXml } from "./svg_text";
import { createOutput, inNotebook } from "./tslab";

/** What a screen shows while work goes on. */
export interface Frame {
	readonly title: string;
	/** 0–1; undefined if unknown. */
	readonly fraction: number | undefined;
	readonly text: string;
	/** HTML to show below the bar in a notebook. */
	readonly html?: string;
}

/** A place to show work: a notebook's cell, a terminal, or lines in a log. */
export interface Screen {
	/** Replaces the last frame, unless that one was drawn less than a quarter of a second ago. */
	draw(createFrame: () => Frame): void;
	/** Removes the frame and prints a line that stays. A notebook prints none, as its result shows everything. */
	line(text: string): void;
	/**
	 * Removes the frame and shows the result.
	 *
	 * @param text undefined to print nothing
	 * @param bundle what a notebook shows instead of `text`
	 */
	end(text: string | undefined, bundle?: MimeBundle): void;
}

/** Milliseconds between two frames: fast enough for the eye, too slow to cost training time. */
const interval = 250;

/**
 * Creates the screen for the place where this runs.
 *
 * @param logTenths whether a log gets a line for each tenth of the work, instead of no frames at all
 */
export function createScreen(logTenths: boolean): Screen {
	const { draw, ...screen } = inNotebook()
		? notebookScreen()
		: process.stdout.isTTY
			? terminalScreen()
			: logScreen(logTenths);
	let last = Number.NEGATIVE_INFINITY;
	return {
		...screen,
		draw(createFrame) {
			const now = performance.now();
			if (now - last < interval) return;
			last = now;
			draw(createFrame());
		},
	};
}

type Drawing = Pick<Screen, "line" | "end"> & { draw(frame: Frame): void };

function notebookScreen(): Drawing {
	const output = createOutput();
	return {
		draw({ title, fraction, text, html = "" }) {
			const value =
				fraction === undefined ? "" : ` value="${fraction.toFixed(4)}"`;
			const bar = `<progress${value} max="1" style="width: 16em; vertical-align: middle; accent-color: #0072B2"></progress>`;
			output({
				"text/html": `<div><b>${escapeXml(title)}</b> ${bar} ${escapeXml(text)}</div>${html}`,
				"text/plain": `${title} - ${text}`,
			});
		},
		line() {},
		end: (text, bundle = { "text/plain": text ?? "" }) => output(bundle),
	};
}

function terminalScreen(): Drawing {
	const bar = new SingleBar({
		format: "{title} {bar} {text}",
		barCompleteChar: "█",
		barIncompleteChar: "░",
		barsize: 12,
		clearOnComplete: true,
		// Keeps the terminal's own setting, which Ctrl-C could not restore; long lines are cut.
		linewrap: true,
		// Otherwise the first Ctrl-C would end only the bar.
		gracefulExit: false,
		stream: process.stdout,
	});
	const print = (text?: string) => {
		bar.stop();
		if (text !== undefined) console.log(text);
	};
	return {
		draw({ title, fraction = 0, text }) {
			if (!bar.isActive) bar.start(1, 0, { title, text });
			bar.update(fraction, { title, text });
		},
		line: print,
		end: print,
	};
}

function logScreen(logTenths: boolean): Drawing {
	const print = (text?: string) => {
		if (text !== undefined) console.log(text);
	};
	let logged = 0;
	return {
		draw({ title, fraction = 0, text }) {
			if (!logTenths || fraction - logged < 0.1) return;
			logged = fraction;
			console.log(`${title} ${text}`.trimEnd());
		},
		line: print,
		end: print,
	};
}
