import { randomInt } from "node:crypto";
import { openOracle } from "../oracle";
import { drawCase } from "./draw";
import { judge, type Verdict } from "./judge";
import { trainWithKeras } from "./keras";
import { reportCase, reportVerdicts } from "./report";
import { type Outcome, type Prepared, prepare } from "./train";

// Usage: main.ts PYTHON COUNT [SEED]

async function main([python = "", count = "", seed]: string[]): Promise<void> {
	const first = seed === undefined ? randomInt(2 ** 31) : Number(seed);
	const started = performance.now();
	console.log(
		`${count} random models from seed ${first} on: the library and Keras …`,
	);
	const cases = Array.from({ length: Number(count) }, (_, i) =>
		prepare(drawCase(first + i)),
	);
	const oracle = openOracle(python);
	try {
		const [theirs, ours] = await Promise.all([
			trainWithKeras(oracle, cases),
			trainAll(cases),
		]);
		const verdicts = await judge(oracle, cases, ours, theirs.flat());
		for (const verdict of verdicts) {
			if (!verdict.ok) console.log(reportCase(verdict));
		}
		const seconds = (performance.now() - started) / 1000;
		console.log(reportVerdicts(verdicts, first, seconds));
		process.exitCode = verdicts.every(({ ok }: Verdict) => ok) ? 0 : 1;
	} finally {
		oracle.dispose();
	}
}

/** Trains with the library; a case that it does not train gives its error. */
async function trainAll(
	cases: readonly Prepared[],
): Promise<(Outcome | Error)[]> {
	const outcomes = [];
	for (const { train } of cases) {
		outcomes.push(await train().catch((error: Error) => error));
	}
	return outcomes;
}

main(process.argv.slice(2)).catch((error) => {
	console.error(error);
	process.exitCode = 1;
});
