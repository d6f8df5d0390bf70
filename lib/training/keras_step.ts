import { tf } from "../tf";

/** A gradient for each variable, in a fixed order; null for a variable that the loss does not depend on. */
export type Gradients = readonly {
	readonly name: string;
	readonly tensor: tf.Tensor | null;
}[];

/** Changes the variables in one step of an optimizer, as Keras's optimizer of that name does with the same settings. */
export function applyGradients(
	optimizer: tf.Optimizer,
	gradients: Gradients,
): void {
	// By name, since tfjs's `instanceof` takes any optimizer for any other.
	switch (optimizer.getClassName()) {
		case "Adam": {
			// Adam divides by `sqrt(v) + epsilon`. tfjs uses `v` after its bias correction, Keras before (Kingma and Ba's
			// "epsilon hat", the end of their section 2), so the same 1e-7 counts 32 times as much in Keras's first step.
			// This matters for gradients of that size: losses differ by 1e-4 after one step of the walkthrough.
			const adam = optimizer as Adam;
			const correction = 1 - adam.beta2 ** (adam.iterations + 1);
			applyWithEpsilon(adam, adam.epsilon / Math.sqrt(correction), gradients);
			return;
		}
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

interface Adam extends WithEpsilon {
	readonly beta2: number;
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
		const stateOf = (slots: Slot[], slot: string) => {
			slots[i] ??= {
				originalName: `${name}/${slot}`,
				variable: tf.tidy(() => tf.zerosLike(value).variable(false)),
			};
			return slots[i].variable;
		};
		const squares = stateOf(adadelta.accumulatedGrads, "accum_grad");
		const updates = stateOf(adadelta.accumulatedUpdates, "accum_var");
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
