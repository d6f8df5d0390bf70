import { type Example, fit, type Image } from "transfer-learning";
import type { tf } from "../../../lib/dist/tf";
import { buildTransfer } from "../models";
import { toDataset } from "../photos";
import { atMost, largestDifference, type Row, same } from "../row";

/** Training with features that are computed once, against training that runs the base at every step. */
export async function compareFrozenBase(
	examples: readonly Example[],
	images: readonly Image[],
	weights: string,
): Promise<Row[]> {
	const run = async (deterministic: boolean) => {
		const model = await buildTransfer(weights);
		const base = model.layers[0] as tf.LayersModel;
		const before = readBits(base);
		const shuffled = toDataset(examples, images, deterministic).shuffle(200, {
			seed: 42,
		});
		const history = await fit(model, shuffled.take(160).batch(32), {
			epochs: 5,
			validationData: shuffled.skip(160).batch(32),
			verbose: 0,
		});
		const after = readBits(base);
		model.dispose();
		const changed = before.filter(
			(bits, i) => !bits.equals(after[i] as Buffer),
		);
		return { history, arrays: before.length, changed: changed.length };
	};
	const [kept, computed] = [await run(true), await run(false)];
	const { loss, accuracy, val_loss, val_accuracy } = kept.history;
	const changed = kept.changed + computed.changed;
	return [
		same(
			"frozen base after fit, features kept or not: weights and moving statistics",
			"identical bits",
			changed === 0 && kept.arrays === 260,
			`${changed} of 2 x ${kept.arrays} arrays changed`,
		),
		atMost(
			"fit with features kept, against the base run at every step: all metrics",
			"1e-4",
			Math.max(
				largestDifference(loss, computed.history.loss),
				largestDifference(accuracy ?? [], computed.history.accuracy ?? []),
				largestDifference(val_loss, computed.history.val_loss),
				largestDifference(
					val_accuracy ?? [],
					computed.history.val_accuracy ?? [],
				),
			),
		),
	];
}

function readBits(model: tf.LayersModel): Buffer[] {
	return model.getWeights().map((weight) => {
		const { buffer, byteOffset, byteLength } =
			weight.dataSync() as Float32Array;
		return Buffer.from(buffer.slice(byteOffset, byteOffset + byteLength));
	});
}
