import assert from "node:assert/strict";
import { test } from "node:test";

test("with a GPU the kernel lets TensorFlow's warnings through, without one it is silent", async () => {
	const { describeKernel } = await import("../../scripts/setup/kernel.mjs");
	assert.equal(describeKernel(true).env.TF_CPP_MIN_LOG_LEVEL, "1");
	assert.equal(describeKernel(false).env.TF_CPP_MIN_LOG_LEVEL, "3");
});
