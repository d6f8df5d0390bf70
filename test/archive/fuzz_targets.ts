import assert from "node:assert/strict";
import * as fs from "node:fs";
import { TransferLearningError } from "transfer-learning";
import { openArchive } from "../../lib/dist/archive/archive";
import { decodeImage } from "../../lib/dist/image/decode";
import { rawOp } from "../../lib/dist/kernels/raw_op";
import { tf } from "../../lib/dist/tf";

/** What is fuzzed. */
export type Target = "image" | "archive";

/**
 * An image is decoded to as many values as its shape says, or refused by name; but for its size, only if TensorFlow
 * refuses it. Returns whether it is read; throws what should not happen.
 */
export async function tryImage(file: string): Promise<boolean> {
	const image = fs.readFileSync(file);
	let refusal = "";
	const isRead = await readsOrRefuses("the image", async () => {
		try {
			const { data, shape } = await decodeImage(image, "the image");
			const [height, width, channels] = shape;
			assert.equal(channels, 3);
			assert.ok(height > 0 && width > 0 && height * width <= 100_000_000);
			assert.equal(data.length, height * width * 3);
		} catch (error) {
			refusal = (error as Error).message;
			throw error;
		}
	});
	const isOurs = /WEBP|ftyp|^II|^MM/.test(image.toString("latin1", 0, 16));
	if (!isRead && !isOurs && !/megapixels|scans/.test(refusal)) {
		assert.throws(() => decodeWithTensorFlow(image), Error, refusal);
	}
	return isRead;
}

const decode = rawOp("DecodeImage", {
	channels: 3,
	dtype: { type: "uint8" },
	expand_animations: false,
});

function decodeWithTensorFlow(image: Buffer): void {
	tf.tidy(() => {
		decode(tf.scalar(image as unknown as string, "string"));
	});
}

/** An archive is listed or refused by name; so is each of its members' start and whole. Returns whether it is listed. */
export async function tryArchive(file: string): Promise<boolean> {
	return readsOrRefuses(file, async () => {
		for (const member of (await openArchive(file)).slice(0, 20)) {
			const read = () =>
				readsOrRefuses(member.name, async () => {
					const whole = await member.read();
					assert.equal(whole.length, member.size);
					assert.deepEqual(await member.readStart(512), whole.subarray(0, 512));
				});
			await readsOrRefuses(member.name, async () => {
				const start = await member.readStart(512);
				assert.equal(start.length, Math.min(512, member.size));
			});
			await read();
		}
	});
}

async function readsOrRefuses(
	name: string,
	action: () => Promise<void>,
): Promise<boolean> {
	try {
		await action();
		return true;
	} catch (error) {
		if (!(error instanceof TransferLearningError)) throw error;
		assert.ok(error.message.startsWith(name), error.message);
		return false;
	}
}
