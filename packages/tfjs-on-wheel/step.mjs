const nameWidth = 18;

/**
 * The output of a running step.
 *
 * @typedef {object} Say
 * @property {(text: string) => void} doing shows what starts now, on its own line if there is no terminal
 * @property {(text: string) => void} detail shows the latest line from a long command, on a terminal only
 * @property {(text: string) => void} note prints a line that stays, such as why the plan changed
 */

/**
 * Runs one step and shows it in one line: updated in place with the seconds on a terminal, plain lines elsewhere. A step
 * with nothing to do prints only its result.
 *
 * @template {string} T
 * @param {string} name
 * @param {(say: Say) => Promise<T> | T} work returns the step's result in words
 * @returns {Promise<void>}
 */
export async function step(name, work) {
	const started = performance.now();
	const seconds = () => (performance.now() - started) / 1000;
	const line = liveLine(name, seconds);
	let busy = false;
	try {
		const result = await work({
			doing: (text) => {
				busy = true;
				line.doing(text);
			},
			detail: line.detail,
			note: line.note,
		});
		line.end();
		const took = busy ? ` (${seconds().toFixed(1)} s)` : "";
		console.log(`${name.padEnd(nameWidth)}${result}${took}`);
	} finally {
		line.end();
	}
}

/**
 * A line that shows what is going on: redrawn in place on a terminal, printed once elsewhere.
 *
 * @param {string} name
 * @param {() => number} seconds the time since the start
 */
export function liveLine(name, seconds) {
	const terminal = process.stdout.isTTY === true;
	let text = "";
	let detail = "";
	/** @type {NodeJS.Timeout | undefined} */
	let timer;

	const draw = () => {
		const width = (process.stdout.columns ?? 80) - 1;
		const full = `${name.padEnd(nameWidth)}${text} … ${seconds().toFixed(0)} s  ${detail}`;
		process.stdout.write(`\r\x1b[2K${full.slice(0, width)}`);
	};
	const erase = () => {
		if (timer) process.stdout.write("\r\x1b[2K");
	};

	return {
		/** @param {string} now */
		doing(now) {
			text = now;
			detail = "";
			if (!terminal) return console.log(`${name.padEnd(nameWidth)}${now} …`);
			timer ??= setInterval(draw, 250);
			draw();
		},
		/** @param {string} latest */
		detail(latest) {
			detail = latest.trim();
		},
		/** @param {string} remark */
		note(remark) {
			erase();
			console.log(`${"".padEnd(nameWidth)}${remark}`);
		},
		end() {
			erase();
			clearInterval(timer);
			timer = undefined;
		},
	};
}
