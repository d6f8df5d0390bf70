import { randomInt } from "node:crypto";
import { openOracle } from "../oracle";
import { writeCode } from "./code";
import { drawCase } from "./draw";
import { trainWithKeras } from "./keras";
import { type Prepared, prepare, type Outcome } from "./train";
import { differences } from "./compare";

async function main() {
	const [python = "", count = "", seed = ""] = process.argv.slice(2);
	const first = seed === "" ? randomInt(2 ** 31) : Number(seed);
	const oracle = openOracle(python);
	const started = performance.now();
	const cases: Prepared[] = [];
	for (let i = 0; i < Number(count); i++) {
		const spec = drawCase(first + i);
		try { cases.push(prepare(spec)); } catch (e) { console.log(spec.seed, writeCode(spec).typescript, (e as Error).stack?.slice(0, 600)); }
	}
	const theirs = trainWithKeras(oracle, cases);
	theirs.catch(() => {});
	const ours: (Outcome | string)[] = [];
	for (const c of cases) {
		try { ours.push(await c.train()); } catch (e) { ours.push(String((e as Error).stack).slice(0, 500)); }
	}
	console.log("ours after", performance.now() - started);
	const keras = await theirs;
	console.log("keras after", performance.now() - started);
	const nudged = process.env.NUDGES ? await trainWithKeras(oracle, cases, Number(process.env.NUDGES)) : undefined;
	console.log("nudged after", performance.now() - started);
	for (const [i, c] of cases.entries()) {
		const o = ours[i]!;
		if (typeof o === "string") console.log(c.spec.seed, "ERROR", o);
		else console.log(c.spec.seed, c.spec.loss, c.spec.optimizer.kind, JSON.stringify(differences(o, keras[i]![0]!)), nudged ? JSON.stringify(nudged[i]!.map((n) => differences(n, keras[i]![0]!)).reduce((a, b) => a.map((x, k) => Math.max(x, b[k]!)))) : "");
	}
	oracle.dispose();
}
void main();
