import type { Progress } from "../host";
import { createScreen } from "./screens";

/** Milliseconds before work is worth showing. */
const delay = 1000;

/**
 * Shows progress in place: a bar in a notebook or a terminal, a line for each tenth of the work elsewhere.
 *
 * @param title what is going on, such as `Evaluating`
 */
export function createProgress(title: string): Progress {
	const screen = createScreen(true);
	const started = performance.now();
	let shown = false;
	return {
		update(fraction, text = "") {
			if (performance.now() - started < delay) return;
			shown = true;
			screen.draw(() => ({
				title,
				fraction,
				text:
					fraction === undefined
						? text
						: `${Math.round(fraction * 100)} % ${text}`.trimEnd(),
			}));
		},
		end(text) {
			if (!shown && text === undefined) return;
			const seconds = (performance.now() - started) / 1000;
			screen.end(`${title}: ${text ?? `done in ${seconds.toFixed(1)} s`}`);
		},
	};
}
