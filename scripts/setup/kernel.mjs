import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { isOwn } from "./environment.mjs";
import { hasNvidiaDriver } from "./nvidia.mjs";
import { display, jupyterDir, root } from "./paths.mjs";
import { writeAtomically } from "./stamp.mjs";
import { step } from "./step.mjs";

/** The kernel that the notebooks name. */
const kernelName = "tslab";

/**
 * Tells Jupyter of the TypeScript kernel, in the clone and in the environment, and never in the user's home.
 *
 * `npm start` and `npm run lab` take the clone's. In the environment it is for editors that look there; one that several
 * clones may share gets a kernel that is named after the clone, beside those of others.
 *
 * @param {import("./environment.mjs").Environment} environment
 */
export async function installKernelSpec(environment) {
	await step("Jupyter kernel", () => {
		const shared = path.join(environment.prefix, "share/jupyter/kernels");
		const own = isOwn(environment);
		const kernel = describeKernel();
		const specs = [
			{ folder: path.join(jupyterDir, "kernels", kernelName), kernel },
			own
				? { folder: path.join(shared, kernelName), kernel }
				: {
						folder: path.join(shared, nameOfClone()),
						kernel: {
							...kernel,
							display_name: `TypeScript (${path.basename(root)})`,
						},
					},
		];
		const written = specs.filter(({ folder, kernel }) =>
			writeSpec(path.join(folder, "kernel.json"), kernel),
		);
		const names = written.map(({ folder }) => display(folder));
		return names.length > 0 ? `written to ${names.join(", ")}` : "up to date";
	});
}

/** Lower case, as Jupyter compares names. */
function nameOfClone() {
	const hash = createHash("sha256").update(root).digest("hex").slice(0, 8);
	const folder = path.basename(root).replace(/[^\w.-]/g, "-");
	return `${kernelName}-${folder}-${hash}`.toLowerCase();
}

/**
 * @param {string} file
 * @param {object} kernel
 * @returns {boolean} whether it was not there as it should be
 */
function writeSpec(file, kernel) {
	const spec = `${JSON.stringify(kernel, null, "\t")}\n`;
	if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === spec)
		return false;
	writeAtomically(file, spec);
	return true;
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
			// A cell that cannot load TensorFlow then says what to do.
			"--require",
			path.join(root, "lib", "dist", "load_addon.js"),
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
