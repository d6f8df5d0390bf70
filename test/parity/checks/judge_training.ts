import type { History, Metrics } from "transfer-learning";
import { atMost, largestDifference, type Row, same } from "../row";

/** The history of a model that was compiled with accuracy. */
export type AccuracyHistory = History &
	Readonly<Record<"accuracy" | "val_accuracy", number[]>>;

/** What one side measured while it trained. */
export interface Trained {
	/** Loss and accuracy of every step. */
	readonly head: AccuracyHistory;
	readonly scratch: AccuracyHistory;
	/** Of every epoch. */
	readonly article: AccuracyHistory;
	readonly evaluation: Metrics & { readonly accuracy: number };
}

/** What Keras measured, and the losses of its from-scratch CNN when one weight, a different one each time, begins one bit beside. */
export interface KerasTrained extends Trained {
	readonly nudged: readonly Pick<History, "loss">[];
}

const earlySteps = 10;

/** The rows on training. */
export function judgeTraining(ours: Trained, keras: KerasTrained): Row[] {
	const difference = (model: "head" | "scratch", metric: "loss" | "accuracy") =>
		largestDifference(ours[model][metric], keras[model][metric]);
	const headSteps = ours.head.loss.length;
	const scratchSteps = ours.scratch.loss.length;
	const drift = Math.max(
		...keras.nudged.map(({ loss }) =>
			largestDifference(keras.scratch.loss, loss),
		),
	);
	return [
		atMost(
			`head, ${headSteps} Adam steps: loss at every step`,
			"1e-4",
			difference("head", "loss"),
		),
		atMost(
			`head, ${headSteps} Adam steps: accuracy at every step`,
			"1e-4",
			difference("head", "accuracy"),
		),
		atMost(
			`from-scratch CNN, the first ${earlySteps} Adam steps: loss at every step`,
			"1e-3",
			largestDifference(
				ours.scratch.loss.slice(0, earlySteps),
				keras.scratch.loss.slice(0, earlySteps),
			),
		),
		// No fixed number holds for all of them: Adam's first steps go by the gradient's sign, so that rounding grows a
		// thousandfold in ten steps, and on from there. Keras drifts from itself as well, if a weight begins one bit beside.
		atMost(
			`from-scratch CNN, ${scratchSteps} Adam steps: loss at every step; allowed is twice Keras's drift from itself with one weight one bit beside`,
			(2 * drift).toExponential(1),
			difference("scratch", "loss"),
		),
		judgeArticle(ours.article, keras.article),
		atMost(
			"evaluate, the last batch smaller: loss and accuracy",
			"1e-6",
			largestDifference(
				[ours.evaluation.loss, ours.evaluation.accuracy],
				[keras.evaluation.loss, keras.evaluation.accuracy],
			),
		),
	];
}

function judgeArticle(
	ours: Trained["article"],
	keras: Trained["article"],
): Row {
	// How many were right: Keras gives shares in single precision.
	const counts = ({ accuracy, val_accuracy }: Trained["article"]) =>
		accuracy.map((share, i) => [
			Math.round(share * 800),
			Math.round((val_accuracy[i] as number) * 200),
		]);
	const [a, b] = [counts(ours), counts(keras)];
	const equal = a.filter((pair, i) => `${pair}` === `${b[i]}`).length;
	const [train, validation] = a.at(-1) ?? [];
	return same(
		"the article, 10 epochs: pairs of accuracy and validation accuracy",
		"equal",
		equal === b.length && a.length === b.length && equal === 10,
		equal === 10
			? `10 of 10 pairs equal, the last ${train}/800 and ${validation}/200`
			: `${equal} of 10 pairs equal; ours ${a.join(" ")}, Keras's ${b.join(" ")}`,
	);
}
