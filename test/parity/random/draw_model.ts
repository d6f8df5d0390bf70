import type { Random } from "drawn-pets";
import { drawLayers, nameOf, type State } from "./draw_layers";
import type { Call, LayerSpec, ModelSpec } from "./spec";

interface Outer {
	readonly inputShape: readonly number[];
	readonly output: (state: State) => LayerSpec[];
}

/** Draws a network of one to three units under an output. */
export function drawModel(
	random: Random,
	{ inputShape, output }: Outer,
): ModelSpec {
	const start = { shape: inputShape, loose: false, frozen: false };
	const graph = drawUnits(random, start, random.pick([1, 2, 2, 3]), 0);
	const end = output(graph.state());
	if (random.chance(0.2)) {
		const name = nameOf(random, "Head");
		const { shape } = graph.state();
		graph.call(asSequential(name, shape, end));
	} else for (const layer of end) graph.call(layer);
	return graph.toModel("model", inputShape, false);
}

/** What can stand below 'same' shapes in an `Add` and be called twice. */
interface BaseOptions {
	readonly keepShape: boolean;
}

/** A model to be nested in another. */
function drawBase(
	random: Random,
	start: State,
	depth: number,
	{ keepShape }: BaseOptions,
): { model: ModelSpec; state: State } {
	const name = nameOf(random, "Base");
	const frozen = random.chance(0.35);
	const inside = { ...start, frozen: start.frozen || frozen };
	const graph = keepShape
		? drawChain(random, inside)
		: drawUnits(random, inside, random.pick([1, 1, 2]), depth);
	const state = { ...graph.state(), frozen: start.frozen };
	return { model: graph.toModel(name, start.shape, frozen), state };
}

/** One block that gives what it was given: the same shape, and nothing loose. */
function drawChain(random: Random, start: State) {
	const graph = createGraph(random, start);
	const layers = drawLayers(random, start);
	layers.block({ keepShape: true });
	if (layers.state.loose) layers.activate();
	graph.callAll(layers);
	return graph;
}

function drawUnits(random: Random, start: State, units: number, depth: number) {
	const graph = createGraph(random, start);
	const isFunctional = random.chance(0.6);
	for (let unit = 0; unit < units; unit++) {
		const kind = random.pick(
			isFunctional
				? (["block", "base", "add", "concatenate", "shared"] as const)
				: (["block", "base"] as const),
		);
		const layers = drawLayers(random, graph.state());
		const inference = () => isFunctional && random.chance(0.3);
		if (kind === "block" || (kind === "base" && depth === 3)) {
			layers.block();
			graph.callAll(layers);
		} else if (kind === "base") {
			const base = drawBase(random, graph.state(), depth + 1, {
				keepShape: false,
			});
			graph.call(base.model, { inference: inference(), state: base.state });
		} else if (kind === "shared") {
			// What its first call leaves loose, its second one could take out.
			if (graph.state().loose) layers.activate();
			graph.callAll(layers);
			const shared = drawBase(random, graph.state(), depth + 1, {
				keepShape: true,
			});
			for (let call = 0; call < 2; call++) {
				graph.call(shared.model, {
					inference: inference(),
					state: shared.state,
				});
			}
		} else {
			const before = graph.last();
			layers.block({ keepShape: kind === "add" || random.chance(0.5) });
			const sameSize = layers.state.shape
				.slice(0, 2)
				.every((length, i) => length === graph.state().shape[i]);
			graph.callAll(layers);
			if (sameSize) graph.join(kind === "add" ? "Add" : "Concatenate", before);
		}
	}
	return { ...graph, kind: isFunctional };
}

function createGraph(random: Random, start: State) {
	const layers: (LayerSpec | ModelSpec)[] = [];
	const calls: Call[] = [];
	const states: State[] = [start];
	const last = () => states.length - 1;
	const state = () => states.at(-1) as State;
	const call = (
		layer: LayerSpec | ModelSpec,
		{
			inference = false,
			inputs = [last()],
			state: result = state(),
		}: { inference?: boolean; inputs?: number[]; state?: State } = {},
	) => {
		if (!layers.includes(layer)) layers.push(layer);
		calls.push({ layer: layers.indexOf(layer), inputs, inference });
		states.push(result);
	};
	return {
		last,
		state,
		call,
		callAll: ({ drawn, state }: ReturnType<typeof drawLayers>) => {
			for (const layer of drawn) call(layer, { state });
		},
		join: (kind: "Add" | "Concatenate", before: number) => {
			const [one, two] = [states[before] as State, state()];
			const channels = (one.shape[2] ?? 0) + (two.shape[2] ?? 0);
			call(
				{ name: nameOf(random, kind), kind, settings: {}, frozen: false },
				{
					inputs: [before, last()],
					state: {
						...two,
						loose: one.loose || two.loose,
						shape:
							kind === "Add" ? two.shape : [...two.shape.slice(0, 2), channels],
					},
				},
			);
		},
		toModel: (
			name: string,
			inputShape: readonly number[],
			frozen: boolean,
		): ModelSpec => {
			const isChain = calls.every(
				({ layer, inputs, inference }, i) =>
					layer === i && inputs.length === 1 && inputs[0] === i && !inference,
			);
			const isSequential = isChain && random.chance(0.7);
			const kind = isSequential ? "Sequential" : "Functional";
			return { name, kind, inputShape, layers, calls, frozen };
		},
	};
}

function asSequential(
	name: string,
	inputShape: readonly number[],
	layers: readonly LayerSpec[],
): ModelSpec {
	const calls = layers.map((_, i) => ({
		layer: i,
		inputs: [i],
		inference: false,
	}));
	return {
		name,
		kind: "Sequential",
		inputShape,
		layers,
		calls,
		frozen: false,
	};
}
