"use strict";

const fs = require("node:fs");
const path = require("node:path");

/**
 * Why an NVIDIA card is not used.
 *
 * @typedef {object} UnusedCard
 * @property {string} why sentences
 * @property {string} fix sentences: what to do
 */

/**
 * Explains why TensorFlow, which runs on the CPU, does not use this machine's NVIDIA card.
 *
 * @example
 * explainUnusedCard("npx tfjs-on-wheel")?.fix; // "Install NVIDIA's driver, then run …"
 *
 * @param {string} setUp the command that installs TensorFlow's CUDA libraries
 * @param {string} [fileSystem] the root of the file system to search; default: `/`
 * @param {NodeJS.ProcessEnv} [env] default: `process.env`
 * @returns {UnusedCard | undefined} undefined if there is no such card
 */
function explainUnusedCard(setUp, fileSystem = "/", env = process.env) {
	/** @param {string} file */
	const has = (file) => fs.existsSync(path.join(fileSystem, file));
	// The second one is that of Windows's subsystem for Linux, which shows no card.
	const hasDriver =
		has("proc/driver/nvidia/version") || has("usr/lib/wsl/lib/libcuda.so.1");
	if (
		!hasDriver &&
		!hasNvidiaCard(path.join(fileSystem, "sys/bus/pci/devices"))
	)
		return undefined;
	if (!hasDriver)
		return {
			why: "This machine has an NVIDIA card, but no driver for it is loaded.",
			fix: `Install NVIDIA's driver, then run \`${setUp}\` in the project's folder.`,
		};
	// https://docs.nvidia.com/cuda/cuda-c-programming-guide/#env-vars: an invalid number hides the cards after it.
	if (/^\s*(-|$)/.test(env.CUDA_VISIBLE_DEVICES ?? "all"))
		return {
			why: "This machine has an NVIDIA driver, but the variable CUDA_VISIBLE_DEVICES hides its card.",
			fix: "Run `unset CUDA_VISIBLE_DEVICES`.",
		};
	return {
		why: "This machine has an NVIDIA driver, but TensorFlow found no GPU that it can use: its CUDA libraries are missing, or the driver is too old for them.",
		fix: `Run \`${setUp}\` in the project's folder, which installs the libraries. TensorFlow's log names a library that cannot be loaded.`,
	};
}

/**
 * @param {string} devices
 * @returns {boolean} whether a display controller (PCI class 03) is by NVIDIA (PCI vendor 10de)
 */
function hasNvidiaCard(devices) {
	if (!fs.existsSync(devices)) return false;
	return fs.readdirSync(devices).some((device) => {
		/** @param {string} file */
		const read = (file) =>
			fs.readFileSync(path.join(devices, device, file), "utf8").trim();
		try {
			return read("vendor") === "0x10de" && read("class").startsWith("0x03");
		} catch {
			return false;
		}
	});
}

module.exports = { explainUnusedCard };
