import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { makeFolder } from "../setup/files";
import { root } from "../support/python";

const doctor = import("../../packages/tfjs-on-wheel/doctor.mjs");
const project = import("../../scripts/setup/project.mjs");

/** Writes the files of a made-up system and returns its root folder. */
function makeSystem(
	t: Parameters<typeof makeFolder>[0],
	files: Record<string, string>,
): string {
	const system = makeFolder(t);
	for (const [name, text] of Object.entries(files)) {
		fs.mkdirSync(path.dirname(path.join(system, name)), { recursive: true });
		fs.writeFileSync(path.join(system, name), text);
	}
	return system;
}

const card = {
	"sys/bus/pci/devices/0000:01:00.0/vendor": "0x10de\n",
	"sys/bus/pci/devices/0000:01:00.0/class": "0x030200\n",
};
const driver = {
	...card,
	"proc/driver/nvidia/version": "NVRM version: NVIDIA 570.1\nGCC",
};

/** Why a test of a card that is not used is left out, if it is. */
const onGpu =
	fs.existsSync("/proc/driver/nvidia/version") &&
	"this machine's own card is used";

/** Examines this clone, with its operations on the CPU, on a made-up system. */
async function examine(fileSystem: string) {
	const findings = await (await doctor).examine((await project).project, {
		env: { CUDA_VISIBLE_DEVICES: "0", TF_ENABLE_ONEDNN_OPTS: "0" },
		fileSystem,
	});
	return Object.fromEntries(findings.map((finding) => [finding.name, finding]));
}

test("a machine without an NVIDIA card is good, and oneDNN that is switched off is told", {
	skip: onGpu,
}, async (t) => {
	const found = await examine(makeSystem(t, {}));
	assert.match(found.operation?.text ?? "", /ran on CPU:0, in TensorFlow \d/);
	assert.equal(found.devices?.state, "good");
	assert.equal(found["CUDA libraries"]?.state, "good");
	if (process.arch === "x64") {
		assert.equal(found.processor?.state, "degraded");
		assert.match(found.processor?.fix ?? "", /TF_ENABLE_ONEDNN_OPTS=1/);
	}
});

test("a machine with an NVIDIA card whose TensorFlow runs on the CPU is never good", {
	skip: onGpu,
}, async (t) => {
	const withCard = await examine(makeSystem(t, card));
	assert.equal(withCard.devices?.state, "degraded");
	assert.match(withCard.devices?.text ?? "", /no driver for it is loaded/);
	assert.match(withCard.devices?.fix ?? "", /^Install NVIDIA's driver/);
	assert.equal(withCard["NVIDIA driver"]?.state, "degraded");

	const withDriver = await examine(makeSystem(t, driver));
	assert.equal(withDriver.devices?.state, "degraded");
	assert.match(withDriver.devices?.fix ?? "", /^Run `npm run setup`/);
	assert.equal(withDriver["NVIDIA driver"]?.text, "NVRM version: NVIDIA 570.1");
	assert.equal(withDriver["CUDA libraries"]?.state, "degraded");
});

test("the devices and the place of an operation are read from TensorFlow's log", async () => {
	const { readLog } = await import(
		"../../packages/tfjs-on-wheel/operation.mjs"
	);
	// The second line is of https://github.com/tensorflow/tfjs/issues/5993.
	const log = `I0000 execute.cc:1775] Executing op BatchMatMulV2 in device /job:localhost/replica:0/task:0/device:GPU:0
I tensorflow/core/common_runtime/gpu/gpu_device.cc:1525] Created device /job:localhost/replica:0/task:0/device:GPU:0 with 6611 MB memory:  -> device: 0, name: NVIDIA GeForce GTX 1080, pci bus id: 0000:07:00.0`;
	assert.deepEqual(readLog(log), {
		kernel: "BatchMatMulV2",
		device: "GPU:0",
		devices: ["CPU:0", "GPU:0 (NVIDIA GeForce GTX 1080)"],
		oneDnn: false,
	});
});

test("npm run doctor ends with 1 if something is broken, and with 0 otherwise", () => {
	const run = (env: NodeJS.ProcessEnv, ...args: string[]) =>
		spawnSync(process.execPath, ["scripts/doctor.mjs", ...args], {
			cwd: root,
			encoding: "utf8",
			env: { ...process.env, ...env },
		});
	const good = run({}, "--json");
	assert.equal(good.status, 0, good.stdout + good.stderr);
	const states = JSON.parse(good.stdout).map(
		({ state }: { state: string }) => state,
	);
	assert.ok(states.length >= 15 && !states.includes("broken"));

	const broken = run({ CATS_VS_DOGS: "/nowhere.zip" });
	assert.equal(broken.status, 1, broken.stdout + broken.stderr);
	assert.match(
		broken.stdout,
		/^broken +images +CATS_VS_DOGS names a file that does not exist: \/nowhere\.zip\n +→ Correct the path/m,
	);
	assert.ok(broken.stdout.trim().split("\n").length <= 24);
});

test("a .venv that the user made is used if it has TensorFlow, and never changed", async (t) => {
	const { findProject } = await import(
		"../../packages/tfjs-on-wheel/project.mjs"
	);
	const { prepareEnvironment } = await import(
		"../../packages/tfjs-on-wheel/environment.mjs"
	);
	const folder = makeFolder(t);
	fs.writeFileSync(path.join(folder, "package.json"), "{}");
	assert.equal(findProject(folder).ownsVenv, true);
	const packages = path.join(folder, ".venv/lib/python3.11/site-packages");
	fs.mkdirSync(packages, { recursive: true });
	fs.mkdirSync(path.join(folder, ".venv/bin"));
	fs.writeFileSync(path.join(folder, ".venv/bin/python"), "");
	const inside = path.join(folder, "src");
	fs.mkdirSync(inside);
	const own = findProject(inside);
	assert.equal(own.folder, folder);
	assert.equal(own.ownsVenv, false);
	await assert.rejects(prepareEnvironment(own), {
		name: "UserError",
		message:
			/\.venv does not have PyPI's TensorFlow\.\nInstall it there \(.*\) or move \.venv away/,
	});
	assert.deepEqual(fs.readdirSync(path.join(folder, ".venv")).sort(), [
		"bin",
		"lib",
	]);
	fs.mkdirSync(path.join(packages, "tensorflow"));
	const ending = process.platform === "darwin" ? "2.dylib" : "so.2";
	for (const name of ["libtensorflow_cc", "libtensorflow_framework"])
		fs.writeFileSync(
			path.join(packages, "tensorflow", `${name}.${ending}`),
			"",
		);
	const { prefix } = await prepareEnvironment(own);
	assert.equal(prefix, path.join(folder, ".venv"));
	assert.ok(!fs.existsSync(path.join(prefix, ".setup.json")));
});
