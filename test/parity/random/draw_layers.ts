import type { Random } from "drawn-pets";
import type { LayerSpec, Penalty, Setting } from "./spec";

/** What is known of a value in a network that is drawn. */
export interface State {
	/** Height, width and channels, or the length of a vector. */
	readonly shape: readonly number[];
	/**
	 * Whether a trained number shifts or scales a whole channel, with no non-linearity since. A BatchNormalization takes
	 * that out again, so that the number's exact gradient is zero and what is computed is rounding alone, which Adam makes
	 * steps as large as any others: no two implementations agree on them, nor do they matter.
	 */
	readonly loose: boolean;
	/** Whether all that is drawn lies in something frozen: nothing of it is trained, so nothing is loose. */
	readonly frozen: boolean;
}

/** Names that are unique in all models: a variable each in the code. */
const counts = new WeakMap<Random, Map<string, number>>();

export function nameOf(random: Random, kind: string): string {
	const numbers = counts.get(random) ?? new Map<string, number>();
	counts.set(random, numbers);
	const number = (numbers.get(kind) ?? 0) + 1;
	numbers.set(kind, number);
	return `${kind.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase()}_${number}`;
}

const nonLinear = ["ReLU", "LeakyReLU", "ELU"] as const;

/** Draws layers that are called one after the other, from a value on. */
export function drawLayers(random: Random, start: State) {
	const drawn: LayerSpec[] = [];
	let state = start;
	const add = (
		kind: LayerSpec["kind"],
		settings: Record<string, Setting> = {},
		frozen = random.chance(0.06) && !isOutput(settings),
	) => {
		drawn.push({ name: nameOf(random, kind), kind, settings, frozen });
	};
	const activate = () => {
		const kind = random.pick(nonLinear);
		const alpha = { LeakyReLU: random.pick([0.1, 0.3]), ELU: 1, ReLU: 0 }[kind];
		add(kind, kind === "ReLU" ? {} : { alpha }, false);
		state = { ...state, loose: false };
	};
	const normalize = () => {
		const [scale, center] = [!random.chance(0.2), !random.chance(0.2)];
		add("BatchNormalization", {
			...(scale ? {} : { scale }),
			...(center ? {} : { center }),
			...(random.chance(0.4) ? { momentum: random.pick([0.9, 0.6]) } : {}),
			...(random.chance(0.3) ? { epsilon: random.pick([0.01, 0.0001]) } : {}),
		});
		state = { ...state, loose: !state.frozen && (scale || center) };
		// Without a shift, a ReLU behind it would leave a scale loose.
		if (!center && scale) {
			add("ELU", { alpha: 1 }, false);
			state = { ...state, loose: false };
		} else if (random.chance(0.7)) activate();
	};

	/** A convolution, with what usually follows it. `keepShape`: so that its result can be added to its input. */
	const block = ({ keepShape = false } = {}) => {
		const [height = 0, width = 0, channels = 0] = state.shape;
		const kind =
			channels === 1
				? "Conv2D"
				: random.pick([
						"Conv2D",
						"Conv2D",
						"DepthwiseConv2D",
						"SeparableConv2D",
					] as const);
		const isNormalized = random.chance(0.55);
		if (isNormalized && state.loose) activate();
		const isActivated = random.chance(0.5);
		const isBiased =
			state.frozen || !isNormalized || isActivated || random.chance(0.2);
		const size =
			channels === 1 || kind !== "Conv2D" ? 3 : random.pick([1, 3, 3, 5]);
		const isSame =
			keepShape || Math.min(height, width) <= size || random.chance(0.5);
		// TensorFlow 2.21 with oneDNN writes past its memory in the gradient of a 1 x 1 kernel with strides of 2, in Python too.
		const isStrided =
			size > 1 &&
			!keepShape &&
			Math.min(height, width) >= 6 &&
			random.chance(0.2);
		const stride = isStrided ? 2 : 1;
		const filters = keepShape ? channels : random.pick([2, 3, 4, 6]);
		const depth = keepShape ? 1 : random.pick([1, 1, 2]);
		const useBias =
			isBiased && !(isNormalized && !isActivated && !state.frozen);
		add(kind, {
			...(kind === "DepthwiseConv2D" ? {} : { filters }),
			kernelSize: size,
			...(kind === "Conv2D" || depth === 1 ? {} : { depthMultiplier: depth }),
			...(isStrided ? { strides: stride } : {}),
			...(isSame ? { padding: "same" } : {}),
			...(isActivated
				? { activation: random.pick(["relu", "relu", "elu", "tanh"]) }
				: {}),
			...(useBias ? {} : { useBias }),
			...drawPenalties(random, kind),
		});
		const along = (length: number) =>
			Math.ceil((isSame ? length : length - size + 1) / stride);
		state = {
			...state,
			shape: [
				along(height),
				along(width),
				kind === "DepthwiseConv2D" ? channels * depth : filters,
			],
			loose: !state.frozen && !isActivated && (useBias || state.loose),
		};
		if (isNormalized) normalize();
		else if (!isActivated && random.chance(0.6)) activate();
		if (random.chance(0.15)) add("Dropout", { rate: 0 });
		if (!keepShape && random.chance(0.4)) pool();
	};
	const pool = () => {
		const [height = 0, width = 0, channels = 0] = state.shape;
		if (Math.min(height, width) < 4) return;
		const isSame = random.chance(0.3);
		const size = random.pick([2, 2, 3]);
		add(random.pick(["MaxPooling2D", "MaxPooling2D", "AveragePooling2D"]), {
			poolSize: size,
			...(size === 3 ? { strides: 2 } : {}),
			...(isSame ? { padding: "same" } : {}),
		});
		const along = (length: number) =>
			isSame ? Math.ceil(length / 2) : Math.floor((length - size) / 2) + 1;
		state = { ...state, shape: [along(height), along(width), channels] };
	};
	/** To a vector for each example. */
	const flatten = () => {
		const [height = 0, width = 0, channels = 0] = state.shape;
		const kind = random.pick([
			"Flatten",
			"GlobalAveragePooling2D",
			"GlobalMaxPooling2D",
		] as const);
		add(kind);
		const length = kind === "Flatten" ? height * width * channels : channels;
		state = { ...state, shape: [length] };
	};
	const hiddenDense = () => {
		const units = random.pick([4, 6, 8]);
		add("Dense", {
			units,
			...(random.chance(0.8)
				? { activation: random.pick(["relu", "elu", "tanh"]) }
				: {}),
			...drawPenalties(random, "Dense"),
		});
		if (random.chance(0.2)) add("Dropout", { rate: 0 });
		state = { ...state, shape: [units] };
	};
	return {
		drawn,
		add,
		activate,
		block,
		flatten,
		hiddenDense,
		get state() {
			return state;
		},
	};
}

/** The last layer is always trained. */
const isOutput = ({ units, activation }: Record<string, Setting>) =>
	units !== undefined || activation !== undefined;

function drawPenalties(
	random: Random,
	kind: LayerSpec["kind"],
): Record<string, Penalty> {
	if (!random.chance(0.2)) return {};
	const penalty = random.pick<Penalty>([
		{ l1: 0.001 },
		{ l2: 0.01 },
		{ l1: 0.001, l2: 0.003 },
	]);
	switch (kind) {
		case "DepthwiseConv2D":
			return { depthwiseRegularizer: penalty };
		case "SeparableConv2D":
			return { depthwiseRegularizer: penalty, pointwiseRegularizer: penalty };
		default:
			return { kernelRegularizer: penalty };
	}
}
