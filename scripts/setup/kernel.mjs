import * as fs from "node:fs";
import * as path from "node:path";
import { hasNvidiaDriver } from "./nvidia.mjs";
import { display, root } from "./paths.mjs";
import { writeAtomically } from "./stamp.mjs";
import { step } from "./step.mjs";

/**
 * Tells Jupyter of the TypeScript kernel, in the environment alone and never in the user's home.
 *
 * @param {import("./environment.mjs").Environment} environment
 */
export async function installKernelSpec({ prefix }) {
	await step("Jupyter kernel", () => {
		const file = path.join(prefix, "share/jupyter/kernels/tslab/kernel.json");
		const spec = `${JSON.stringify(describeKernel(), null, "\t")}\n`;
		if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === spec)
			return "up to date";
		writeAtomically(file, spec);
		return `tslab written to ${display(path.dirname(file))}`;
	});
}

/**
 * The kernel with absolute paths, so that JupyterLab or VS Code may be started from anywhere.
 *
 * TensorFlow's log level: without an NVIDIA driver every start prints an error about it (`failed call to
 * cuInit`), which only level 3 silences, and an operation that fails throws anyway. With a driver, level 1
 * keeps the warnings (`Cannot dlopen some GPU libraries`) that tell why a GPU is not used.
 *
 * oneDNN: TensorFlow turns it on by itself only on processors with AVX-512 instructions for neural networks; on others too, a
 * network that is trained from nothing then takes an eighth less time and less memory. TensorFlow looks at this when the addon
 * is loaded.
 *
 * glibc's malloc: by default it gives each large buffer back to the system and takes it anew, page by page. Up to 1 GiB it may
 * keep them (mallopt(3)). With oneDNN TensorFlow keeps them itself; this is for where TensorFlow has none, or it is turned off.
 *
 * @param {boolean} [gpu] whether an NVIDIA driver is present
 */
export function describeKernel(gpu = hasNvidiaDriver()) {
	return {
		argv: [
			process.execPath,
			path.join(root, "node_modules", "tslab", "bin", "tslab"),
			"kernel",
			"--config-path",
			"{connection_file}",
		],
		display_name: "TypeScript",
		language: "typescript",
		env: {
			TF_CPP_MIN_LOG_LEVEL: gpu ? "1" : "3",
			TF_ENABLE_ONEDNN_OPTS: "1",
			MALLOC_MMAP_THRESHOLD_: String(2 ** 30),
			MALLOC_TRIM_THRESHOLD_: String(2 ** 30),
		},
	};
}
