"use strict";

const fs = require("node:fs");
require("./node_23.cjs");

// Run in its own process by operation.mjs, with the folder of tfjs-node or tfjs-node-gpu as its argument: multiplies two
// matrices and prints what came of it as JSON, on one line.

const tf = require(process.argv[2] ?? "");
const product = tf.matMul([[1, 2]], [[3], [4]]).dataSync();

/** @returns {string[]} NVIDIA's libraries in this process, which Linux lists */
function listCudaLibraries() {
	const maps = "/proc/self/maps";
	if (!fs.existsSync(maps)) return [];
	const files = fs.readFileSync(maps, "utf8").matchAll(/ (\/.*)$/gm);
	return [...new Set([...files].map(([, file = ""]) => file))].filter((file) =>
		/\/lib(cuda|cudart|cublas|cudnn|cufft|nccl)\.so/.test(file),
	);
}

console.log(
	JSON.stringify({
		isRight: product.length === 1 && product[0] === 11,
		tensorflow: tf.backend().binding.TF_Version,
		cudaLibraries: listCudaLibraries(),
	}),
);
