import { tf } from "../tf";
import { type Adam, createAdamStep } from "./adam_step";
import { type OptimizerStep, type Slot, slotOf } from "./optimizer_step";

/** A gradient for each variable, in a fixed order; null for a variable that the loss does not depend on. */
type Gradients = readonly {
	readonly name: string;
	readonly tensor: tf.Tensor | null;
}[];

/** Creates the steps of an optimizer that trains `variables`. */
export function createOptimizerStep(
	optimizer: tf.Optimizer,
	variables: readonly tf.Variable[],
): OptimizerStep {
	// By name, since tfjs's `instanceof` takes any optimizer for any other.
	if (optimizer.getClassName() === "Adam") {
		return createAdamStep(optimizer as unknown as Adam, variables);
	}
	let hasGradient: readonly boolean[] = [];
	return {
		prepare: () => [],
		compute(gradients) {
			hasGradient = gradients.map((gradient) => gradient !== null);
			return gradients.filter((gradient) => gradient !== null);
		},
		apply(results) {
			const rest = [...results];
			const gradients = variables.map(({ name }, i) => ({
				name,
				tensor: hasGradient[i] ? (rest.shift() ?? null) : null,
			}));
			applyGradients(optimizer, gradients);
		},
	};
}

function applyGradients(optimizer: tf.Optimizer, gradients: Gradients): void {
	switch (optimizer.getClassName()) {
		case "RMSProp": {
			// tfjs's centred RMSprop subtracts epsilon from the variance instead of adding it: small gradients give NaN.
			const rmsprop = optimizer as Rmsprop;
			const sign = rmsprop.centered ? -1 : 1;
			applyWithEpsilon(rmsprop, sign * rmsprop.epsilon, gradients);
			return;
		}
		case "Adadelta":
			applyAdadelta(optimizer as unknown as Adadelta, gradients);
			return;
		default:
			applyWithTfjs(optimizer, gradients);
	}
}

interface WithEpsilon extends tf.Optimizer {
	epsilon: number;
}

interface Rmsprop extends WithEpsilon {
	readonly centered: boolean;
}

function applyWithEpsilon(
	optimizer: WithEpsilon,
	epsilon: number,
	gradients: Gradients,
): void {
	const { epsilon: own } = optimizer;
	optimizer.epsilon = epsilon;
	try {
		applyWithTfjs(optimizer, gradients);
	} finally {
		optimizer.epsilon = own;
	}
}

function applyWithTfjs(optimizer: tf.Optimizer, gradients: Gradients): void {
	optimizer.applyGradients(
		gradients as Parameters<tf.Optimizer["applyGradients"]>[0],
	);
}

interface Adadelta {
	readonly learningRate: number;
	readonly epsilon: number;
	readonly rho: number;
	readonly accumulatedGrads: Slot[];
	readonly accumulatedUpdates: Slot[];
	incrementIterations(): void;
}

/** tfjs's Adadelta divides by the mean of the gradients before this one, which makes its first steps a hundred times too large. */
function applyAdadelta(adadelta: Adadelta, gradients: Gradients): void {
	const { rho, epsilon, learningRate } = adadelta;
	const root = (squares: tf.Tensor) => tf.sqrt(tf.add(squares, epsilon));
	const move = (mean: tf.Variable, value: tf.Tensor) => {
		mean.assign(tf.add(tf.mul(mean, rho), tf.mul(tf.square(value), 1 - rho)));
	};
	for (const [i, { name, tensor }] of gradients.entries()) {
		const value = tf.engine().registeredVariables[name] as tf.Variable;
		const { accumulatedGrads, accumulatedUpdates } = adadelta;
		const squares = slotOf(accumulatedGrads, i, value, "accum_grad");
		const updates = slotOf(accumulatedUpdates, i, value, "accum_var");
		if (tensor === null) continue;
		tf.tidy(() => {
			move(squares, tensor);
			const update = tf.mul(tf.div(root(updates), root(squares)), tensor);
			move(updates, update);
			value.assign(tf.sub(value, tf.mul(update, learningRate)));
		});
	}
	adadelta.incrementIterations();
}
