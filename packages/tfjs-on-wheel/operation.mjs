import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { CommandError, run } from "./run.mjs";
import { UserError } from "./user_error.mjs";

const probe = fileURLToPath(new URL("operation_probe.cjs", import.meta.url));

/**
 * What an operation of TensorFlow shows of where it runs.
 *
 * @typedef {object} Operation
 * @property {string} tensorflow TensorFlow's version
 * @property {string} kernel the name of the operation that TensorFlow ran
 * @property {string} device where, such as `CPU:0`
 * @property {readonly string[]} devices all that TensorFlow made
 * @property {boolean} oneDnn whether oneDNN's operations are on
 * @property {readonly string[]} cudaLibraries the files of NVIDIA's libraries that were loaded
 */

/**
 * Runs one operation in a process of its own, and reads from TensorFlow's own log where it ran.
 *
 * @param {string} tfjs the folder of tfjs-node or tfjs-node-gpu
 * @param {NodeJS.ProcessEnv} [env] added to the environment
 * @returns {Promise<Operation>}
 * @throws {UserError} with the reason, if it could not run or was computed wrongly
 */
export async function runOperation(tfjs, env = {}) {
	let answer = "";
	let log;
	try {
		log = await run(process.execPath, [probe, tfjs], {
			env: {
				...env,
				TF_CPP_MIN_LOG_LEVEL: "0",
				TF_CPP_VMODULE: "execute=1", // Names the device of each operation.
			},
			onLine: (line) => {
				answer = line;
			},
		});
	} catch (error) {
		if (!(error instanceof CommandError)) throw error;
		throw new UserError(
			`TensorFlow does not run in ${path.basename(tfjs)}: ${findReason(error)}`,
		);
	}
	const { isRight, tensorflow, cudaLibraries } = JSON.parse(answer);
	if (!isRight)
		throw new UserError(
			`TensorFlow ${tensorflow} runs in ${path.basename(tfjs)}, but its result of a multiplication is wrong.`,
		);
	return { tensorflow, cudaLibraries, ...readLog(log) };
}

/**
 * @param {string} log TensorFlow's, with the lines of `execute=1`
 * @returns {Pick<Operation, "kernel" | "device" | "devices" | "oneDnn">}
 */
export function readLog(log) {
	// tensorflow/core/common_runtime/eager/execute.cc, and gpu/gpu_device.cc.
	const [, kernel = "an operation", device = "an unknown device"] =
		/Executing op (\S+) in device \S+device:(\S+)/.exec(log) ?? [];
	const gpus = log.matchAll(
		/Created device \S+device:(GPU:\d+) with .*?name: ([^,\n]*)/g,
	);
	return {
		kernel,
		device,
		devices: ["CPU:0", ...[...gpus].map(([, gpu, name]) => `${gpu} (${name})`)],
		oneDnn: /oneDNN custom operations are on/.test(log),
	};
}

/** @param {CommandError} error */
function findReason({ output, message }) {
	const line = output.split("\n").find((text) => /Error: /.test(text));
	return line?.trim() ?? message;
}
