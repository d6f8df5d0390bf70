import * as fs from "node:fs/promises";
import * as path from "node:path";
import { Worker } from "node:worker_threads";
import { TransferLearningError } from "../errors";
import type { FoundWeights } from "./match_weights";
import type { LayerWeights } from "./saved_layers";
import { replaceFile, WeightsError } from "./weights_error";
import type { WeightsAnswer, WeightsRequest } from "./weights_worker";

/** In bytes; Keras's largest file for MobileNetV2 has a fifteenth. */
const maxSize = 512 * 2 ** 20;
/** In milliseconds; a whole file takes a few hundred. */
const patience = 20_000;

/**
 * Reads the weights of `layers` from an `.h5` file that Keras saved.
 *
 * The file may come from anyone. HDF5 therefore reads it in a thread of its own, with limited memory and time, whose output
 * is discarded: a damaged file can make it crash, hang, or print thousands of lines.
 *
 * @throws TransferLearningError if the file cannot be read, or does not fit the layers.
 */
export async function readWeights(
	file: string,
	layers: readonly LayerWeights[],
): Promise<FoundWeights> {
	const bytes = await readBytes(file);
	const answer = await ask({ file, bytes, layers });
	if ("found" in answer) return answer.found;
	throw new TransferLearningError(answer.refusal);
}

async function readBytes(file: string): Promise<Buffer> {
	try {
		const { size } = await fs.stat(file);
		if (size <= maxSize) return await fs.readFile(file);
	} catch (error) {
		// Node's message is `ENOENT: no such file or directory, open '…'`.
		const reason = (error as Error).message.replace(
			/^\w+: |, \w+( '.*')?$/gs,
			"",
		);
		throw new WeightsError(
			file,
			`cannot be read: ${reason}`,
			"Check the path.",
		);
	}
	throw new WeightsError(
		file,
		`is larger than ${maxSize} bytes, the limit for weights`,
		"Use a file that has MobileNetV2's weights only.",
	);
}

function ask(request: WeightsRequest): Promise<WeightsAnswer> {
	const worker = new Worker(path.join(__dirname, "weights_worker.js"), {
		workerData: request,
		// Not those of the kernel, which preloads the library.
		execArgv: [],
		resourceLimits: { maxOldGenerationSizeMb: 256 },
		stdout: true,
		stderr: true,
	});
	worker.stdout.resume();
	worker.stderr.resume();
	const damaged = (reason: string): WeightsAnswer => {
		const problem = `is damaged: the HDF5 library cannot read it (${reason})`;
		return {
			refusal: new WeightsError(request.file, problem, replaceFile).message,
		};
	};
	return new Promise<WeightsAnswer>((resolve) => {
		const alarm = setTimeout(
			() => resolve(damaged(`it takes longer than ${patience / 1000} s`)),
			patience,
		);
		worker
			.on("message", resolve)
			.on("error", ({ message }) =>
				resolve(damaged(message.split("\n")[0] ?? "")),
			)
			.on("exit", () => {
				clearTimeout(alarm);
				resolve(damaged("it ended without an answer"));
			});
	}).finally(() => worker.terminate());
}
