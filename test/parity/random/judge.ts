import type { Oracle } from "../oracle";
import {
	aspects,
	compareOutcomes,
	type Differences,
	listMetrics,
} from "./compare";
import { trainWithKeras } from "./keras";
import { type Outcome, type Prepared, prepare } from "./train";

/**
 * What single precision guarantees where nothing is at an edge. Measured on 100 models: 3 epochs part metrics by at most 4e-6,
 * predictions by 3e-6 and weights by 9e-6. A formula that differs, an epsilon in another place or a statistic that is left
 * out, shows a hundredfold.
 */
const tolerances: Differences = {
	metrics: 5e-6,
	predictions: 1e-5,
	weights: 2e-5,
};

/** How often Keras trains a model again that exceeds them. */
const nudges = 16;

export interface Verdict {
	readonly prepared: Prepared;
	readonly ours: Outcome | Error;
	readonly theirs: Outcome;
	readonly differences: Differences | undefined;
	/** Keras's own, where it was asked for: the greatest of its runs with other roundings. */
	readonly drift: Differences | undefined;
	readonly ok: boolean;
}

/**
 * Holds the library's outcomes against Keras's.
 *
 * A pre-activation within rounding of ReLU's edge, or two values of a pooling window that are equal but for rounding, send a gradient
 * one way or the other, and no tolerance holds for what follows. So a model that exceeds the tolerances is trained by Keras
 * again, with other roundings: every weight begins up to four steps of single precision beside, and each batch has its
 * examples in another order, so that sums round differently. Allowed is twice the greatest drift of Keras from itself. (One step alone
 * is less than what an implementation's order of operations makes: Keras then stays on its side of an edge.)
 *
 * Where that is not enough, the library trains again with other roundings, too. One of these runs has to come within the tolerances
 * of one of Keras's: both then took the same side of each edge, with the same numbers.
 */
export async function judge(
	oracle: Oracle,
	cases: readonly Prepared[],
	ours: readonly (Outcome | Error)[],
	theirs: readonly Outcome[],
): Promise<Verdict[]> {
	const verdicts = cases.map((prepared, i): Verdict => {
		const [our, their] = [ours[i] as Outcome | Error, theirs[i] as Outcome];
		const differences =
			our instanceof Error ? undefined : compareOutcomes(our, their);
		return {
			prepared,
			ours: our,
			theirs: their,
			differences,
			drift: undefined,
			ok: hasDiverged(their)
				? !(our instanceof Error) && hasDiverged(our)
				: differences !== undefined && isWithin(differences, tolerances),
		};
	});
	const doubtful = verdicts.filter(
		({ ok, differences, theirs }) => !ok && differences && !hasDiverged(theirs),
	);
	if (doubtful.length === 0) return verdicts;
	const again = await trainWithKeras(
		oracle,
		doubtful.map(({ prepared }) => prepared),
		nudges,
	);
	const judged: Verdict[] = [];
	for (const verdict of verdicts) {
		const runs = again[doubtful.indexOf(verdict)];
		judged.push(runs ? await judgeAgain(verdict, runs) : verdict);
	}
	return judged;
}

/** @param runs Keras's, with other roundings */
async function judgeAgain(
	verdict: Verdict,
	runs: readonly Outcome[],
): Promise<Verdict> {
	const drifts = runs.map((run) => compareOutcomes(run, verdict.theirs));
	const drift = mapAspects((aspect) =>
		Math.max(...drifts.map((one) => one[aspect])),
	);
	const allowed = mapAspects((aspect) =>
		Math.max(tolerances[aspect], 2 * drift[aspect]),
	);
	let ok = isWithin(verdict.differences as Differences, allowed);
	for (let nudge = 1; !ok && nudge <= nudges; nudge++) {
		const ours = await prepare(verdict.prepared.spec, nudge).train();
		ok = [verdict.theirs, ...runs].some((run) =>
			isWithin(compareOutcomes(ours, run), tolerances),
		);
	}
	return { ...verdict, drift, ok };
}

/**
 * Whether a training has left the range of single precision, or is about to: then only that can be compared, since on the way
 * there rounding grows without bounds.
 */
export function hasDiverged(outcome: Outcome): boolean {
	return listMetrics(outcome).some(
		// Python's infinity and NaN come as null.
		([, value]) => value === null || !(Math.abs(value) < 1e6),
	);
}

function isWithin(differences: Differences, allowed: Differences): boolean {
	// Not a number is not within.
	return aspects.every((aspect) => differences[aspect] <= allowed[aspect]);
}

function mapAspects(
	compute: (aspect: keyof Differences) => number,
): Differences {
	const pairs = aspects.map((aspect) => [aspect, compute(aspect)]);
	return Object.fromEntries(pairs) as Differences;
}
