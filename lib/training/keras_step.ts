import { tf } from "../tf";

/** A gradient for each variable, in a fixed order; null for a variable that the loss does not depend on. */
type Gradients = readonly {
	readonly name: string;
	readonly tensor: tf.Tensor | null;
}[];

/**
 * A step of an optimizer in two parts: tensors are computed, in a graph if there is one, and then assigned. The step is that of
 * Keras's optimizer of that name with the same settings.
 */
export interface OptimizerStep {
	/** Returns what `compute` takes for the next step besides gradients and variables; the caller disposes it. */
	prepare(): tf.Tensor[];
	/** @param gradients one for each variable, or null */
	compute(gradients: readonly (tf.Tensor | null)[]): tf.Tensor[];
	/** Changes the variables by the results of `compute`. */
	apply(results: readonly tf.Tensor[]): void;
}

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

interface Adam {
	readonly learningRate: number;
	readonly beta1: number;
	readonly beta2: number;
	readonly epsilon: number;
	readonly iterations: number;
	/** `beta1` and `beta2` to the power of the steps, the next one included. */
	readonly accBeta1: tf.Variable;
	readonly accBeta2: tf.Variable;
	readonly accumulatedFirstMoment: Slot[];
	readonly accumulatedSecondMoment: Slot[];
	incrementIterations(): void;
}

/**
 * Adam as in `update_step` of `keras/src/optimizers/adam.py`, 3.15.
 *
 * It divides by `sqrt(v) + epsilon`. tfjs uses `v` after its bias correction, Keras before (Kingma and Ba's "epsilon hat", the
 * end of their section 2), so the same 1e-7 counts 32 times as much in Keras's first step. This matters for gradients of
 * that size: losses differ by 1e-4 after one step of the walkthrough.
 */
function createAdamStep(
	adam: Adam,
	variables: readonly tf.Variable[],
): OptimizerStep {
	const { beta1, beta2, epsilon } = adam;
	const momentsOf = (variable: tf.Variable, i: number) => [
		slotOf(adam.accumulatedFirstMoment, i, variable, "m"),
		slotOf(adam.accumulatedSecondMoment, i, variable, "v"),
	];
	let alpha: tf.Scalar;
	let changed: tf.Variable[] = [];
	return {
		prepare() {
			const step = adam.iterations + 1;
			// In single precision at each operation, as in Keras: for 0.999, 1 - beta is 1.3e-5 less than in double precision.
			const { fround, sqrt } = Math;
			const [rest1, rest2] = [beta1, beta2].map((beta) =>
				fround(1 - fround(fround(beta) ** step)),
			) as [number, number];
			const scaled = fround(fround(adam.learningRate) * fround(sqrt(rest2)));
			alpha = tf.scalar(scaled / rest1);
			return [alpha, ...variables.flatMap(momentsOf)];
		},
		compute(gradients) {
			changed = [];
			return variables.flatMap((variable, i) => {
				const gradient = gradients[i];
				if (!gradient) return [];
				const [first, second] = momentsOf(variable, i) as [
					tf.Variable,
					tf.Variable,
				];
				changed.push(variable, first, second);
				return tf.tidy(() => {
					const m = moveTowards(first, gradient, 1 - beta1);
					const v = moveTowards(second, tf.square(gradient), 1 - beta2);
					const step = tf.div(tf.mul(m, alpha), tf.add(tf.sqrt(v), epsilon));
					return [tf.sub(variable, step), m, v];
				});
			});
		},
		apply(results) {
			for (const [i, variable] of changed.entries()) {
				variable.assign(results[i] as tf.Tensor);
			}
			tf.tidy(() => {
				adam.accBeta1.assign(tf.scalar(beta1 ** (adam.iterations + 2)));
				adam.accBeta2.assign(tf.scalar(beta2 ** (adam.iterations + 2)));
			});
			adam.incrementIterations();
		},
	};
}

function moveTowards(from: tf.Tensor, to: tf.Tensor, share: number): tf.Tensor {
	return tf.add(from, tf.mul(tf.sub(to, from), share));
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

/** An optimizer's state for one variable, as tfjs keeps and saves it. */
interface Slot {
	readonly originalName: string;
	readonly variable: tf.Variable;
}

/** Returns an optimizer's state for one variable, which starts as zeros. */
function slotOf(
	slots: Slot[],
	i: number,
	{ name, shape }: tf.Variable,
	slot: string,
): tf.Variable {
	slots[i] ??= {
		originalName: `${name}/${slot}`,
		variable: tf.tidy(() => tf.zeros(shape).variable(false)),
	};
	return slots[i].variable;
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
