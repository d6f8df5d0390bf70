import { after } from "node:test";

// Preloaded in each test file's process: node's test runner takes a file as passed that calls process.exit(0) before its
// tests have ended.
if (process.env.NODE_TEST_CONTEXT) {
	let ended = false;
	after(() => {
		ended = true;
	});
	process.on("exit", (code) => {
		if (ended || code !== 0) return;
		console.error("process.exit(0) was called before all tests had ended.");
		process.exitCode = 1;
	});
}
