import * as fs from "node:fs";
import * as path from "node:path";

// The folders of the driver's CUDA library: Debian and Ubuntu, Fedora and SUSE, NVIDIA's containers, WSL.
const libraryFolders = [
	"usr/lib/x86_64-linux-gnu",
	"usr/lib/aarch64-linux-gnu",
	"usr/lib64",
	"usr/lib",
	"usr/local/nvidia/lib64",
	"usr/lib/wsl/lib",
];

/**
 * @param {string} [fileSystem] the root of the file system to search
 * @returns {boolean} whether an NVIDIA driver is present
 */
export function hasNvidiaDriver(fileSystem = "/") {
	return (
		fs.existsSync(path.join(fileSystem, "proc/driver/nvidia/version")) ||
		libraryFolders.some((folder) =>
			fs.existsSync(path.join(fileSystem, folder, "libcuda.so.1")),
		)
	);
}

/**
 * @param {readonly string[]} packages
 * @returns {string[]} the same packages, with the CUDA libraries for TensorFlow's wheel
 */
export function addCuda(packages) {
	return packages.map((item) =>
		item.replace(/^tensorflow==/, "tensorflow[and-cuda]=="),
	);
}
