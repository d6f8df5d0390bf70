import { tf } from "../tf";
import { rawOp } from "./raw_op";

type Gradients = Parameters<tf.Optimizer["applyGradients"]>[0];

/** The parts of tfjs's Adam that its type leaves out. */
interface Adam {
	readonly learningRate: number;
	readonly beta1: number;
	readonly beta2: number;
	readonly epsilon: number;
	/** `beta1` and `beta2` to the power of the steps, the next one included. */
	readonly accBeta1: tf.Variable;
	readonly accBeta2: tf.Variable;
	readonly accumulatedFirstMoment: Moment[];
	readonly accumulatedSecondMoment: Moment[];
	applyGradients(gradients: Gradients): void;
	incrementIterations(): void;
}

interface Moment {
	readonly originalName: string;
	readonly variable: tf.Variable;
}

/**
 * Applies the gradients of tfjs's Adam with one TensorFlow operation for each variable.
 *
 * tfjs takes fourteen, each a pass over all weights and moments. The values are the same except for rounding, and the
 * optimizer keeps its state in the same place.
 */
export function registerAdam(): void {
	const prototype = tf.AdamOptimizer.prototype as unknown as Adam;
	const original = prototype.applyGradients;
	let apply: ReturnType<typeof prepareAdam> | undefined;
	prototype.applyGradients = function (this: Adam, gradients) {
		if (tf.getBackend() !== "tensorflow") {
			original.call(this, gradients);
			return;
		}
		apply ??= prepareAdam();
		applyAll(this, gradients, apply);
	};
}

function applyAll(
	adam: Adam,
	gradients: Gradients,
	apply: ReturnType<typeof prepareAdam>,
): void {
	const named = Array.isArray(gradients)
		? gradients
		: Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
	tf.tidy(() => {
		const power2 = adam.accBeta2.dataSync()[0] as number;
		const [lost1, lost2] = [adam.beta1, adam.beta2].map(lostInSubtraction) as [
			number,
			number,
		];
		const rates = [
			adam.accBeta1,
			adam.accBeta2,
			tf.scalar((adam.learningRate * Math.sqrt(lost2)) / lost1),
			tf.scalar(adam.beta1),
			tf.scalar(adam.beta2),
			// The operation adds epsilon before it corrects the second moment's bias, tfjs after.
			tf.scalar(adam.epsilon * Math.sqrt((1 - power2) * lost2)),
		];
		for (const [i, { name, tensor }] of named.entries()) {
			const variable = tf.engine().registeredVariables[name] as tf.Variable;
			const moment = (kind: "m" | "v") => ({
				originalName: `${name}/${kind}`,
				variable: tf.zerosLike(variable).variable(false) as tf.Variable,
			});
			adam.accumulatedFirstMoment[i] ??= moment("m");
			adam.accumulatedSecondMoment[i] ??= moment("v");
			if (tensor === null) continue;
			apply(
				[
					variable,
					adam.accumulatedFirstMoment[i].variable,
					adam.accumulatedSecondMoment[i].variable,
				],
				rates,
				tensor,
			);
		}
		adam.accBeta1.assign(tf.mul(adam.accBeta1, adam.beta1));
		adam.accBeta2.assign(tf.mul(adam.accBeta2, adam.beta2));
	});
	adam.incrementIterations();
}

/**
 * How much smaller or larger a moment is in the rawOp, which computes `1 - beta` in single precision: by 1.3e-5 for 0.999.
 * tfjs and Keras compute it in double precision.
 */
function lostInSubtraction(beta: number): number {
	return (1 - Math.fround(beta)) / (1 - beta);
}

/**
 * `ResourceApplyAdam` on tfjs's variables. It works on variables of TensorFlow's own; three of them take
 * the values of one variable after the other.
 */
function prepareAdam() {
	const dtype = { type: "float32" } as const;
	const handles = ["weight", "first_moment", "second_moment"].map((name) => {
		// What is assigned later may have any shape.
		const settings = { container: "", shape: { shape: [] } };
		const shared_name = `adam_${name}`;
		const attributes = { dtype, shared_name, ...settings };
		return tf.keep(rawOp("VarHandleOp", attributes)());
	});
	const assign = rawOp("AssignVariableOp", { dtype }, 0);
	const read = rawOp("ReadVariableOp", { dtype });
	const apply = rawOp("ResourceApplyAdam", undefined, 0);
	return (
		variables: readonly tf.Variable[],
		rates: readonly tf.Tensor[],
		gradient: tf.Tensor,
	): void => {
		const pairs = handles.map(
			(handle, i) => [handle, variables[i] as tf.Variable] as const,
		);
		for (const [handle, variable] of pairs) assign(handle, variable);
		apply(...handles, ...rates, gradient);
		for (const [handle, variable] of pairs) variable.assign(read(handle));
	};
}
