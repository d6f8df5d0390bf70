import { createRandom, type Random } from "drawn-pets";
import { drawLayers, type State } from "./draw_layers";
import { drawModel } from "./draw_model";
import type { Case, LayerSpec, LossName, Optimizer, Targets } from "./spec";

interface Task {
	readonly loss: LossName;
	readonly metric: Case["metric"];
	readonly targets: Targets;
	readonly width: number;
	/** What the last layer computes. */
	readonly activation: "sigmoid" | "softmax" | "linear" | "tanh";
}

/** Draws a model with its training. The same seed gives the same case. */
export function drawCase(seed: number): Case {
	const random = createRandom(seed);
	const task = drawTask(random);
	const batchSize = random.pick([4, 6, 8, 16]);
	const isClassified = task.targets !== "numbers" && task.loss !== "customMean";
	return {
		seed,
		model: drawModel(random, {
			inputShape: [
				random.pick([8, 9, 12, 16]),
				random.pick([8, 10, 12]),
				random.pick([3, 3, 3, 1]),
			],
			output: (state) => drawOutput(random, task, state),
		}),
		optimizer: drawOptimizer(random),
		...task,
		examples: 3 * batchSize + random.pick([0, 1, 3, batchSize - 1]),
		validationExamples: random.pick([5, 8, 13]),
		batchSize,
		validationBatchSize: random.pick([4, 5, 8]),
		epochs: 3,
		initialEpoch: random.chance(0.15) ? 1 : 0,
		classWeight:
			isClassified && random.chance(0.35)
				? { 0: random.pick([0.5, 1, 2]), 1: random.pick([1, 2.5]) }
				: undefined,
		deterministic: random.chance(0.5),
	};
}

function drawTask(random: Random): Task {
	const classes = random.pick([3, 4, 5]);
	const measured = random.pick(["accuracy", "accuracy", "mse", undefined]);
	const metric = measured as Case["metric"];
	const tasks: readonly Task[] = [
		{
			loss: "binaryCrossentropy",
			metric,
			targets: "index",
			width: 2,
			activation: "sigmoid",
		},
		{
			loss: "categoricalCrossentropy",
			metric,
			targets: "oneHot",
			width: classes,
			activation: "softmax",
		},
		{
			loss: "sparseCategoricalCrossentropy",
			metric: metric === "mse" ? undefined : metric,
			targets: "index",
			width: classes,
			activation: "softmax",
		},
		{
			loss: "meanSquaredError",
			metric: metric && "mse",
			targets: "numbers",
			width: random.pick([1, 1, 2]),
			activation: "linear",
		},
		{
			loss: random.pick(["customByExample", "customMean"]),
			metric: metric && "mse",
			targets: random.pick(["numbers", "oneHot"]),
			width: 3,
			activation: random.pick(["linear", "tanh"]),
		},
	];
	return random.pick([...tasks, ...tasks.slice(0, 4)]);
}

function drawOptimizer(random: Random): Optimizer {
	const momentum = random.pick([0, 0.5, 0.9]);
	const epsilon = random.pick([1e-7, 1e-7, 1e-5, 1e-3]);
	return random.pick<Optimizer>([
		{
			kind: "SGD",
			rate: random.pick([0.01, 0.05]),
			momentum,
			nesterov: momentum > 0 && random.chance(0.5),
		},
		{
			kind: "Adam",
			rate: random.pick([0.001, 0.003]),
			beta1: random.pick([0.9, 0.9, 0.8]),
			beta2: random.pick([0.999, 0.999, 0.99]),
			epsilon,
		},
		{
			kind: "RMSprop",
			rate: 0.001,
			rho: random.pick([0.9, 0.8]),
			momentum: random.pick([0, 0, 0.5]),
			epsilon,
			centered: random.chance(0.3),
		},
	]);
}

/** The end of a network: from a map of features to what the loss takes. */
function drawOutput(random: Random, task: Task, state: State): LayerSpec[] {
	const { loss, activation } = task;
	const units = loss === "binaryCrossentropy" ? 1 : task.width;
	const layers = drawLayers(random, state);
	layers.flatten();
	if (random.chance(0.5)) layers.hiddenDense();
	if (activation !== "linear" && random.chance(0.2)) {
		layers.add("Dense", { units });
		layers.add("Activation", { activation });
	} else layers.add("Dense", { units, activation });
	return layers.drawn;
}
