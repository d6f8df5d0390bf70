import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { tf } from "./tf";

/** The parts of tfjs-node's backend that tell what it runs on. */
interface NodeBackend {
	readonly isUsingGpuDevice: boolean;
	readonly binding: { readonly TF_Version: string };
}

/**
 * Describes in one line what TensorFlow runs on, GPU or CPU; and if an NVIDIA card is not used, why, and what to do.
 *
 * @example console.log(describeDevice()); // TensorFlow 2.21.0 runs on the CPU, with 2 cores.
 */
export function describeDevice(): string {
	const backend = tf.backend() as Partial<NodeBackend>;
	if (!backend.binding) return `tfjs runs on the backend "${tf.getBackend()}".`;
	const name = `TensorFlow ${backend.binding.TF_Version}`;
	if (backend.isUsingGpuDevice) return `${name} runs on the GPU.`;
	const cores = os.availableParallelism();
	return `${name} runs on the CPU, with ${cores} ${cores === 1 ? "core" : "cores"}.${explainUnusedCard()}`;
}

/**
 * Explains why an NVIDIA card is not used; empty if there is none.
 *
 * @param fileSystem the root of the file system to search
 */
export function explainUnusedCard(fileSystem = "/"): string {
	const has = (file: string) => fs.existsSync(path.join(fileSystem, file));
	// The second one is that of Windows's subsystem for Linux, which shows no card.
	const hasDriver =
		has("proc/driver/nvidia/version") || has("usr/lib/wsl/lib/libcuda.so.1");
	if (hasDriver) {
		return " This machine has an NVIDIA driver, but TensorFlow found no GPU that it can use: its CUDA libraries are missing, or the driver is too old for them. Run `npm run setup` in the project's folder, which installs the libraries, and restart the kernel. Its log names a library that cannot be loaded.";
	}
	return hasNvidiaCard(path.join(fileSystem, "sys/bus/pci/devices"))
		? " This machine has an NVIDIA card, but no driver for it is loaded. Install NVIDIA's driver, run `npm run setup` in the project's folder, and restart the kernel."
		: "";
}

/** Whether a display controller (PCI class 03) is by NVIDIA (PCI vendor 10de). */
function hasNvidiaCard(devices: string): boolean {
	if (!fs.existsSync(devices)) return false;
	return fs.readdirSync(devices).some((device) => {
		const read = (file: string) =>
			fs.readFileSync(path.join(devices, device, file), "utf8").trim();
		try {
			return read("vendor") === "0x10de" && read("class").startsWith("0x03");
		} catch {
			return false;
		}
	});
}
