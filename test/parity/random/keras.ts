import type { Oracle } from "../oracle";
import { concatenate } from "../photos";
import { writeCode } from "./code";
import type { Outcome, Prepared } from "./train";

type Told = Pick<Outcome, "history" | "evaluation">;

/** Trains the cases with Keras in one process: once each, or `nudges` times from weights that are each moved by a rounding. */
export async function trainWithKeras(
	oracle: Oracle,
	cases: readonly Prepared[],
	nudges = 0,
): Promise<Outcome[][]> {
	const told = await oracle.ask<Told[][]>("random_models.py", {
		cases: cases.map((prepared) => describe(oracle, prepared, nudges)),
	});
	return told.map((results, i) =>
		results.map((result, nudge) => {
			const name = `${cases[i]?.spec.seed}${nudges ? `-nudged-${nudge}` : ""}`;
			return {
				...result,
				predictions: oracle.readFloats(`${name}-predictions.bin`),
				weights: oracle.readFloats(`${name}-trained.bin`),
			};
		}),
	);
}

function describe(
	oracle: Oracle,
	{ spec, data, layers, weights }: Prepared,
	nudges: number,
) {
	const name = `${spec.seed}`;
	const pixels = data.images.map((image) => image.data);
	oracle.writeFloats(`${name}-pixels.bin`, concatenate(pixels));
	oracle.writeFloats(
		`${name}-targets.bin`,
		Float32Array.from(data.targets.flat()),
	);
	oracle.writeFloats(`${name}-weights.bin`, weights);
	return {
		name,
		code: writeCode(spec).python,
		layers,
		nudges,
		shape: spec.model.inputShape,
		examples: spec.examples,
		fit: {
			batchSize: spec.batchSize,
			validationBatchSize: spec.validationBatchSize,
			epochs: spec.epochs,
			initialEpoch: spec.initialEpoch,
			classWeight: spec.classWeight ?? null,
		},
	};
}
