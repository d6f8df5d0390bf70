import * as path from "node:path";
import {
	type Example,
	type Image,
	mobileNetV2,
	predict,
} from "transfer-learning";
import type { Oracle } from "../oracle";
import { concatenate, readPixels, toDataset } from "../photos";
import { atMost, largestDifference, type Row, same } from "../row";

const photoCount = 200;
/** As many photos for each variant: all sizes and alphas, which would otherwise take minutes. */
const few = 4;
const alphas = [0.35, 0.5, 0.75, 1, 1.3, 1.4];
const sizes = [96, 128, 160, 192, 224];
const variants = alphas.flatMap((alpha) =>
	sizes.map((size) => [alpha, size] as const),
);
const layouts = {
	"the Keras-applications layout": "legacy.h5",
	"Keras 3's .weights.h5": "base.weights.h5",
	"a whole-model .h5": "base.h5",
	"a whole-model .h5 whose base is MobileNetV2": "whole.h5",
	"a .weights.h5 whose base is MobileNetV2": "whole.weights.h5",
};

type Description = {
	readonly name: string;
	readonly layers: [name: string, shape: (number | null)[], params: number][];
};

type Answer = {
	readonly layers: Description[];
	/** How far Keras's own features are from double precision, for inputs in [0, 1] and in [-1, 1]. */
	readonly rounding: [number, number];
};

/** MobileNetV2's layers and features against Keras's. */
export async function compareMobileNet(
	oracle: Oracle,
	examples: readonly Example[],
	weights: string,
): Promise<Row[]> {
	const photos = examples.slice(0, photoCount);
	const images = new Map<number, Image[]>();
	for (const size of sizes) {
		const some = size === 128 ? photos : photos.slice(0, few);
		const pixels = await readPixels(some, size);
		images.set(size, pixels);
		oracle.writeFloats(
			`images-${size}.bin`,
			concatenate(pixels.map(({ data }) => data)),
		);
	}
	const expected = await oracle.ask<Answer>("mobilenet.py", {
		weights,
		variants,
		few,
	});

	const unit = images.get(128) ?? [];
	const symmetric = unit.map(({ data, shape }) => ({
		data: data.map((value) => value * 2 - 1),
		shape,
	}));
	const difference = async (
		file: string,
		inputs: readonly Image[],
		theirs: string,
		alpha = 1,
	) => {
		const size = inputs[0]?.shape[0] ?? 0;
		const model = await mobileNetV2({
			inputShape: [size, size, 3],
			alpha,
			weights: path.resolve(oracle.folder, file),
		});
		const dataset = toDataset(photos.slice(0, inputs.length), inputs);
		const features = concatenate(await predict(model, dataset.batch(32)));
		const description = describe(model);
		model.dispose();
		const keras = oracle.readFloats(theirs);
		return {
			difference: largestDifference(features, keras),
			pooled: largestDifference(pool(features), pool(keras)),
			description,
		};
	};
	const features = async (
		what: string,
		...args: Parameters<typeof difference>
	) =>
		atMost(
			`MobileNetV2's features, ${what}: max difference`,
			"1e-4",
			(await difference(...args)).difference,
		);
	const pretrained = async (
		range: string,
		inputs: readonly Image[],
		theirs: string,
		rounding: number,
	) => {
		const what = `MobileNetV2's features, ${path.basename(weights)}, inputs in ${range}, ${photoCount} photos`;
		const result = await difference(weights, inputs, theirs);
		return [
			atMost(
				`${what}, pooled for the head: max difference`,
				"1e-4",
				result.pooled,
			),
			// 1e-4 cannot hold before pooling: these weights amplify rounding. For inputs in [-1, 1], from what double precision
			// gives Keras is 1.5e-4 away, the library's layers one by one 1.4e-4, and with batch normalization folded, where
			// each weight of a convolution is rounded once more, 5.3e-4 (one position of one photo; the mean is 2e-6).
			atMost(
				`${what}, not pooled: max difference`,
				"1e-3",
				result.difference,
				`Keras from double precision: ${rounding.toExponential(1)}`,
			),
		];
	};

	const rows = [
		...(await pretrained(
			"[0, 1]",
			unit,
			"features-unit.bin",
			expected.rounding[0],
		)),
		...(await pretrained(
			"[-1, 1]",
			symmetric,
			"features-symmetric.bin",
			expected.rounding[1],
		)),
	];
	for (const [layout, file] of Object.entries(layouts)) {
		const what = `random weights in ${layout}, ${photoCount} photos`;
		rows.push(await features(what, file, unit, "features-random.bin"));
	}
	rows.push(
		await features(
			`random weights, inputs in [-1, 1], ${photoCount} photos`,
			"legacy.h5",
			symmetric,
			"features-random-symmetric.bin",
		),
	);

	const descriptions: Description[] = [];
	let largest = 0;
	for (const [alpha, size] of variants) {
		const inputs = (images.get(size) ?? []).slice(0, few);
		const file = `${alpha}-${size}.weights.h5`;
		const theirs = `${alpha}-${size}.bin`;
		const result = await difference(file, inputs, theirs, alpha);
		descriptions.push(result.description);
		largest = Math.max(largest, result.difference);
	}
	const own = variants.findIndex(
		([alpha, size]) => alpha === 1 && size === 128,
	);
	return [
		compareLayers(
			"MobileNetV2 1.0, 128 px",
			[descriptions[own]],
			[expected.layers[own]],
		),
		...rows,
		compareLayers(
			`${variants.length} MobileNetV2s: alphas ${alphas.join(", ")} x inputs ${sizes.join(", ")}`,
			descriptions,
			expected.layers,
		),
		atMost(
			`the same ${variants.length}: features with random weights, ${few} photos each: max difference`,
			"1e-4",
			largest,
		),
	];
}

/** The mean over the 4 x 4 positions of the features of 128 px, `[n, 4, 4, 1280]`. */
function pool(features: Float32Array): Float32Array {
	const [positions, channels] = [16, 1280];
	const pooled = new Float32Array(features.length / positions);
	for (let i = 0; i < features.length; i++) {
		const row = Math.floor(i / (positions * channels));
		const out = row * channels + (i % channels);
		pooled[out] = (pooled[out] as number) + (features[i] as number) / positions;
	}
	return pooled;
}

function describe(model: Awaited<ReturnType<typeof mobileNetV2>>): Description {
	return {
		name: model.name,
		layers: model.layers.map((layer) => [
			layer.name,
			layer.outputShape as (number | null)[],
			layer.countParams(),
		]),
	};
}

function compareLayers(
	what: string,
	ours: readonly (Description | undefined)[],
	theirs: readonly (Description | undefined)[],
): Row {
	const layers = (side: readonly (Description | undefined)[]) =>
		side.flatMap((model) => model?.layers ?? []);
	const [a, b] = [layers(ours), layers(theirs)];
	const isSame = (i: number) => JSON.stringify(a[i]) === JSON.stringify(b[i]);
	const equal = a.filter((_, i) => isSame(i)).length;
	return same(
		`${what}: each layer's name, shape and parameters`,
		"equal",
		equal === b.length &&
			a.length === b.length &&
			a.length === ours.length * 154 &&
			ours.every((model, i) => model?.name === theirs[i]?.name),
		`${equal} of ${b.length} layers equal`,
	);
}
