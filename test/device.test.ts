import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type TestContext, test } from "node:test";
import { explainUnusedCard } from "tfjs-on-wheel/unused_card";
import { describeDevice } from "transfer-learning";
import { tf } from "../lib/dist/tf";

function makeSystem(t: TestContext, files: Record<string, string>): string {
	const root = fs.mkdtempSync(path.join(os.tmpdir(), "device-"));
	t.after(() => fs.rmSync(root, { recursive: true }));
	for (const [name, text] of Object.entries(files)) {
		const file = path.join(root, name);
		fs.mkdirSync(path.dirname(file), { recursive: true });
		fs.writeFileSync(file, text);
	}
	return root;
}

const explain = (fileSystem: string, env: NodeJS.ProcessEnv = {}) =>
	explainUnusedCard("npm run setup", fileSystem, env);

test("the device that TensorFlow runs on is told", (t) => {
	assert.match(
		describeDevice(),
		/^TensorFlow \d+\.\d+\.\d+ runs on the (GPU\.|CPU, with \d+ cores?\.)/,
	);
	const backend = tf.backend() as unknown as { isUsingGpuDevice: boolean };
	const { isUsingGpuDevice } = backend;
	t.after(() => Object.assign(backend, { isUsingGpuDevice }));
	backend.isUsingGpuDevice = true;
	assert.match(describeDevice(), /runs on the GPU\.$/);
});

test("without an NVIDIA card there is nothing to explain", (t) => {
	const card = "sys/bus/pci/devices/0000:01:00.0";
	const systems: Record<string, string>[] = [
		{},
		{ [`${card}/vendor`]: "0x1002\n", [`${card}/class`]: "0x030000\n" },
		// An audio device by NVIDIA.
		{ [`${card}/vendor`]: "0x10de\n", [`${card}/class`]: "0x040300\n" },
		{ [`${card}/vendor`]: "0x10de\n" },
	];
	for (const files of systems) {
		assert.equal(explain(makeSystem(t, files)), undefined);
	}
});

test("an NVIDIA card that is not used is explained", (t) => {
	const card = "sys/bus/pci/devices/0000:01:00.0";
	const pci = {
		[`${card}/vendor`]: "0x10de\n",
		[`${card}/class`]: "0x030200\n",
	};
	assert.deepEqual(explain(makeSystem(t, pci)), {
		why: "This machine has an NVIDIA card, but no driver for it is loaded.",
		fix: "Install NVIDIA's driver, then run `npm run setup` in the project's folder.",
	});
	for (const driver of [
		"proc/driver/nvidia/version",
		"usr/lib/wsl/lib/libcuda.so.1",
	]) {
		const system = makeSystem(t, { ...pci, [driver]: "" });
		const { why, fix } = explain(system) ?? {};
		assert.match(why ?? "", /found no GPU that it can use/);
		assert.match(fix ?? "", /^Run `npm run setup`/);
		for (const hidden of ["", "-1"])
			assert.match(
				explain(system, { CUDA_VISIBLE_DEVICES: hidden })?.why ?? "",
				/CUDA_VISIBLE_DEVICES hides/,
			);
		assert.deepEqual(
			explain(system, { CUDA_VISIBLE_DEVICES: "0" }),
			explain(system),
		);
	}
});
