import * as os from "node:os";
import { explainUnusedCard } from "tfjs-on-wheel/unused_card";
import { setUpCommand } from "./paths";
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
	const text = `${name} runs on the CPU, with ${cores} ${cores === 1 ? "core" : "cores"}.`;
	const card = explainUnusedCard(setUpCommand);
	return card
		? `${text} ${card.why} ${card.fix} Then restart the kernel.`
		: text;
}
