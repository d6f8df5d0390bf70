/** Milliseconds between two frames: quick enough for the eye, too slow to cost any training time. */
const interval = 250;

/** Makes a function that says whether a frame is due, and counts it as drawn if so. */
export function createThrottle(): () => boolean {
	let last = Number.NEGATIVE_INFINITY;
	return () => {
		const now = performance.now();
		if (now - last < interval) return false;
		last = now;
		return true;
	};
}
