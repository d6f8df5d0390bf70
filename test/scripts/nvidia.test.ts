import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { makeFolder } from "../setup/files";

const nvidia = import("../../packages/tfjs-on-wheel/nvidia.mjs");

test("an NVIDIA driver is found by its kernel module or by its library", async (t) => {
	const { hasNvidiaDriver } = await nvidia;
	assert.equal(hasNvidiaDriver(makeFolder(t)), false);
	for (const file of [
		"proc/driver/nvidia/version",
		"usr/lib/x86_64-linux-gnu/libcuda.so.1",
		"usr/lib64/libcuda.so.1",
		"usr/lib/wsl/lib/libcuda.so.1",
	]) {
		const system = makeFolder(t);
		fs.mkdirSync(path.join(system, path.dirname(file)), { recursive: true });
		fs.writeFileSync(path.join(system, file), "");
		assert.equal(hasNvidiaDriver(system), true, file);
	}
});

test("with an NVIDIA driver TensorFlow, and nothing else, is installed with its CUDA libraries", async () => {
	const { addCuda } = await nvidia;
	assert.deepEqual(addCuda(["plotly==7.1.0", "tensorflow==2.21.0"]), [
		"plotly==7.1.0",
		"tensorflow[and-cuda]==2.21.0",
	]);
	assert.deepEqual(addCuda(["tensorflow-datasets==4.9.10"]), [
		"tensorflow-datasets==4.9.10",
	]);
});
