import { writeCode } from "./code";
import {
	aspects,
	compareLayers,
	type Differences,
	listMetrics,
} from "./compare";
import { hasDiverged, type Verdict } from "./judge";

/** A case that failed, with code that builds its model on both sides. */
export function reportCase(verdict: Verdict): string {
	const { prepared, ours, differences } = verdict;
	const { model: _, seed, ...training } = prepared.spec;
	const { typescript, python } = writeCode(prepared.spec);
	return [
		"",
		`FAILED: seed ${seed}, alone: npm run parity -- --random 1 --seed ${seed}`,
		differences ? reportDifferences(verdict) : (ours as Error).stack,
		JSON.stringify(training),
		"",
		"// tfjs",
		typescript,
		"",
		"# Keras",
		python,
	].join("\n");
}

function reportDifferences({
	prepared,
	ours,
	theirs,
	differences,
	drift,
}: Verdict): string {
	if (ours instanceof Error) return ours.message;
	const theirMetrics = new Map(listMetrics(theirs));
	const metrics = listMetrics(ours).map(
		([name, value]) =>
			`${name} ${value.toPrecision(7)} / ${theirMetrics.get(name)?.toPrecision(7)}`,
	);
	return [
		`differences: ${format(differences)}; Keras's own drift: ${format(drift)}`,
		`ours / Keras's: ${metrics.join(", ")}`,
		`weights that are furthest apart: ${compareLayers(prepared, ours, theirs)}`,
	].join("\n");
}

/** What all cases gave, in a few lines. */
export function reportVerdicts(
	verdicts: readonly Verdict[],
	first: number,
	seconds: number,
): string {
	const failed = verdicts.filter(({ ok }) => !ok);
	const drifting = verdicts.filter(({ ok, drift }) => ok && drift);
	const diverged = verdicts.filter(({ theirs }) => hasDiverged(theirs));
	const compared = verdicts.flatMap(({ differences, drift, theirs }) =>
		differences && !drift && !hasDiverged(theirs) ? [differences] : [],
	);
	const largest = aspects.map(
		(aspect) =>
			`${aspect} ${Math.max(0, ...compared.map((one) => one[aspect])).toExponential(1)}`,
	);
	const seeds = (list: readonly Verdict[]) =>
		list.length ? ` (${list.map((v) => v.prepared.spec.seed).join(", ")})` : "";
	return [
		"",
		`${verdicts.length} random models from seed ${first} on, ${seconds.toFixed(0)} s: ${verdicts.length - failed.length} passed, ${failed.length} failed${seeds(failed)}`,
		`${compared.length} within the tolerances, at most: ${largest.join(", ")}`,
		`${drifting.length} at an edge: within twice Keras's drift from itself, or equal with other roundings${seeds(drifting)}`,
		`${diverged.length} diverged in Keras${seeds(diverged)}`,
	].join("\n");
}

function format(differences: Differences | undefined): string {
	if (!differences) return "not measured";
	return aspects
		.map((aspect) => `${aspect} ${differences[aspect].toExponential(1)}`)
		.join(", ");
}
