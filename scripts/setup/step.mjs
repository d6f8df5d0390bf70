const nameWidth = 18;

/**
 * What a step says while it works.
 *
 * @typedef {object} Say
 * @property {(text: string) => void} doing what begins now; a line of its own where there is no terminal
 * @property {(text: string) => void} detail the latest word from a long command; on a terminal only
 * @property {(text: string) => void} note something to remember, such as why the plan changed
 */

/**
 * Runs one step and tells of it in one line: in place, with the seconds running, on a terminal; in
 * plain lines elsewhere. A step that has nothing to do says only its result.
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
 * A line that tells what is going on: redrawn in place on a terminal, printed once elsewhere.
 *
 * @param {string} name
 * @param {() => number} seconds how long it has been going on
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
