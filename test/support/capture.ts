import type { TestContext } from "./server";

/** Runs something, and gives the lines that it printed by `console.log` with its result. */
export async function capture<T>(
	t: TestContext,
	run: () => Promise<T>,
): Promise<{ result: T; lines: string[] }> {
	const log = t.mock.method(console, "log", () => {});
	try {
		const result = await run();
		const lines = log.mock.calls.map(({ arguments: [line] }) => String(line));
		return { result, lines };
	} finally {
		log.mock.restore();
	}
}
