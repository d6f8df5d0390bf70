import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { isOwn } from "../../packages/tfjs-on-wheel/environment.mjs";
import { hasNvidiaDriver } from "../../packages/tfjs-on-wheel/nvidia.mjs";
import { writeAtomically } from "../../packages/tfjs-on-wheel/stamp.mjs";
import { step } from "../../packages/tfjs-on-wheel/step.mjs";
import { display, jupyterDir, root } from "./paths.mjs";
import { project } from "./project.mjs";

/** The kernel name in the notebooks. */
const kernelName = "tslab";

/**
 * Registers the TypeScript kernel with Jupyter, in the clone and in the environment, never in the user's home.
 *
 * `npm start` and `npm run lab` use the clone's. The environment's is for editors that search there; in an environment that
 * several clones may share, the kernel is named after the clone.
 *
 * @param {import("../../packages/tfjs-on-wheel/environment.mjs").Environment} environment
 */
export async function installKernelSpec(environment) {
	await step("Jupyter kernel", (say) => {
		const shared = path.join(environment.prefix, "share/jupyter/kernels");
		const own = isOwn(project, environment);
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
		const written = specs.filter(({ folder, kernel }) => {
			try {
				return writeSpec(path.join(folder, "kernel.json"), kernel);
			} catch (error) {
				const { code = "" } = /** @type {NodeJS.ErrnoException} */ (error);
				const isShared = !own && folder.startsWith(shared);
				if (!isShared || !["EACCES", "EPERM", "EROFS"].includes(code))
					throw error;
				say.note(
					`${shared} cannot be written, so editors will not find the kernel; npm start and npm run lab do.`,
				);
				return false;
			}
		});
		const names = written.map(({ folder }) => display(folder));
		return names.length > 0 ? `written to ${names.join(", ")}` : "up to date";
	});
}

/** In lower case, because Jupyter ignores the case of names. */
function nameOfClone() {
	const hash = createHash("sha256").update(root).digest("hex").slice(0, 8);
	const folder = path.basename(root).replace(/[^\w.-]/g, "-");
	return `${kernelName}-${folder}-${hash}`.toLowerCase();
}

/** @returns {string | undefined} what is wrong with the clone's kernel specification, if anything */
export function findKernelFault() {
	const file = path.join(jupyterDir, "kernels", kernelName, "kernel.json");
	if (!fs.existsSync(file)) return `${display(file)} does not exist`;
	return fs.readFileSync(file, "utf8") === serialize(describeKernel())
		? undefined
		: `${display(file)} is from another Node, another folder or an older version`;
}

/**
 * @param {string} file
 * @param {object} kernel
 * @returns {boolean} whether the file was missing or different
 */
function writeSpec(file, kernel) {
	const spec = serialize(kernel);
	if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === spec)
		return false;
	writeAtomically(file, spec);
	return true;
}

/** @param {object} kernel */
function serialize(kernel) {
	return `${JSON.stringify(kernel, null, "\t")}\n`;
}

/**
 * The kernel specification, with absolute paths, so that JupyterLab or VS Code can be started from anywhere.
 *
 * TensorFlow's log level: without an NVIDIA driver, every start prints an error (`failed call to cuInit`) that only level 3
 * silences; operations that fail throw anyway. With a driver, level 1 keeps the warnings that say why a GPU is not used
 * (`Cannot dlopen some GPU libraries`).
 *
 * oneDNN: by default TensorFlow enables it only on processors with AVX-512 instructions for neural networks. On others, too,
 * a network trained from scratch takes an eighth less time with it, and less memory. TensorFlow reads this variable when the
 * addon is loaded.
 *
 * @param {boolean} [gpu] whether an NVIDIA driver is present
 */
export function describeKernel(gpu = hasNvidiaDriver()) {
	return {
		argv: [
			process.execPath,
			path.join(root, "lib", "dist", "jupyter", "kernel.js"),
			"{connection_file}",
		],
		display_name: "TypeScript",
		language: "typescript",
		env: {
			TF_CPP_MIN_LOG_LEVEL: gpu ? "1" : "3",
			TF_ENABLE_ONEDNN_OPTS: "1",
		},
	};
}
