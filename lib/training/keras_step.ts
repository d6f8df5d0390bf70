import { tf } from "../tf";

/** A gradient for each variable, in a fixed order; null for a variable that the loss does not depend on. */
export type Gradients = readonly {
	readonly name: string;
	readonly tensor: tf.Tensor | null;
}[];

/** One step of an optimizer, as Keras's optimizer of that name does it with the same settings. */
export function applyGradients(
	optimizer: tf.Optimizer,
	gradients: Gradients,
): void {
	const apply = () =>
		optimizer.applyGradients(
			gradients as Parameters<tf.Optimizer["applyGradients"]>[0],
		);
	// By name, since tfjs's `instanceof` takes any optimizer for any other.
	switch (optimizer.getClassName()) {
		case "Adam":
			withKerasEpsilon(optimizer as Adam, apply);
			return;
		case "Adadelta":
			applyAdadelta(optimizer as unknown as Adadelta, gradients);
			return;
		case "RMSProp":
			if ((optimizer as unknown as Rmsprop).centered) {
				applyCenteredRmsprop(optimizer as unknown as Rmsprop, gradients);
				return;
			}
	}
	apply();
}

interface Adam extends tf.Optimizer {
	readonly beta2: number;
	epsilon: number;
}

/**
 * Adam divides by `sqrt(v) + epsilon`. tfjs takes `v` after its bias correction, Keras before (Kingma and Ba's "epsilon
 * hat", the end of their section 2), which in the first step makes the same 1e-7 count 32 times as much. A
 * weight whose gradient is about as small then takes another step: losses differ by 1e-4 after one step of the walkthrough.
 */
function withKerasEpsilon(adam: Adam, apply: () => void): void {
	const { epsilon } = adam;
	const correction = 1 - adam.beta2 ** (adam.iterations + 1);
	adam.epsilon = epsilon / Math.sqrt(correction);
	try {
		apply();
	} finally {
		adam.epsilon = epsilon;
	}
}

/** An optimizer's state for one variable, as tfjs keeps and saves it. */
interface Slot {
	readonly originalName: string;
	readonly variable: tf.Variable;
}

interface Stateful {
	readonly learningRate: number;
	readonly epsilon: number;
	incrementIterations(): void;
}

interface Adadelta extends Stateful {
	readonly rho: number;
	readonly accumulatedGrads: Slot[];
	readonly accumulatedUpdates: Slot[];
}

/** tfjs's Adadelta divides by the mean of the gradients before this one: its first steps are a hundred times too large. */
function applyAdadelta(adadelta: Adadelta, gradients: Gradients): void {
	const { rho, epsilon, learningRate } = adadelta;
	const slots = {
		accum_grad: adadelta.accumulatedGrads,
		accum_var: adadelta.accumulatedUpdates,
	};
	forEachGradient(gradients, slots, (value, gradient, state) => {
		const squares = decay(state.accum_grad, tf.square(gradient), rho);
		const update = tf.mul(
			tf.div(
				tf.sqrt(tf.add(state.accum_var, epsilon)),
				tf.sqrt(tf.add(squares, epsilon)),
			),
			gradient,
		);
		state.accum_var.assign(decay(state.accum_var, tf.square(update), rho));
		state.accum_grad.assign(squares);
		value.assign(tf.sub(value, tf.mul(update, learningRate)));
	});
	adadelta.incrementIterations();
}

interface Rmsprop extends Stateful {
	readonly centered: boolean;
	readonly decay: number;
	readonly momentum: number;
	readonly accumulatedMeanSquares: Slot[];
	readonly accumulatedMeanGrads: Slot[];
	readonly accumulatedMoments: Slot[];
}

/** tfjs's centred RMSprop subtracts epsilon from the variance, where it should add it: small gradients end in NaN. */
function applyCenteredRmsprop(rmsprop: Rmsprop, gradients: Gradients): void {
	const { decay: rho, momentum, epsilon, learningRate } = rmsprop;
	const slots = {
		rms: rmsprop.accumulatedMeanSquares,
		mg: rmsprop.accumulatedMeanGrads,
		momentum: rmsprop.accumulatedMoments,
	};
	forEachGradient(gradients, slots, (value, gradient, state) => {
		const squares = decay(state.rms, tf.square(gradient), rho);
		const mean = decay(state.mg, gradient, rho);
		const variance = tf.add(tf.sub(squares, tf.square(mean)), epsilon);
		const step = tf.div(tf.mul(gradient, learningRate), tf.sqrt(variance));
		const moment = tf.add(tf.mul(state.momentum, momentum), step);
		state.rms.assign(squares);
		state.mg.assign(mean);
		state.momentum.assign(moment);
		value.assign(tf.sub(value, moment));
	});
	rmsprop.incrementIterations();
}

/** A moving mean: `rho` of the old value, the rest of the new one. */
function decay(old: tf.Tensor, value: tf.Tensor, rho: number): tf.Tensor {
	return tf.add(tf.mul(old, rho), tf.mul(value, 1 - rho));
}

/** Calls `step` for each variable that has a gradient, with the state that the optimizer keeps for it. */
function forEachGradient<Name extends string>(
	gradients: Gradients,
	slots: Readonly<Record<Name, Slot[]>>,
	step: (
		value: tf.Variable,
		gradient: tf.Tensor,
		state: Readonly<Record<Name, tf.Variable>>,
	) => void,
): void {
	const names = Object.keys(slots) as Name[];
	for (const [i, { name, tensor }] of gradients.entries()) {
		const value = tf.engine().registeredVariables[name] as tf.Variable;
		const state = names.map((slot) => {
			slots[slot][i] ??= {
				originalName: `${name}/${slot}`,
				variable: tf.tidy(() => tf.zerosLike(value).variable(false)),
			};
			return [slot, slots[slot][i]?.variable];
		});
		if (tensor === null) continue;
		tf.tidy(() => step(value, tensor, Object.fromEntries(state)));
	}
}
