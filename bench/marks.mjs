import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pipInstall } from "../packages/tfjs-on-wheel/pip.mjs";
import { isStamped, writeStamp } from "../packages/tfjs-on-wheel/stamp.mjs";
import { step } from "../packages/tfjs-on-wheel/step.mjs";
import { buildDir } from "../scripts/setup/paths.mjs";
import { measure } from "./measure.mjs";

/** The last two export ONNX for Keras. What they all need comes with TensorFlow. */
const packages = [
	"openvino==2026.4.1",
	"onnxruntime==1.32.0",
	"onnx==1.23.2",
	"tf2onnx==1.17.0",
];

/**
 * Measures how long other engines take for the features of the photos, beside Keras in the same run.
 *
 * @param {import("../packages/tfjs-on-wheel/environment.mjs").Environment} environment it stays as it is
 * @param {readonly string[]} files the archive and the weights
 * @param {string} names of the photos, as JSON
 * @returns {Promise<Record<string, number>>} seconds
 */
export async function measureMarks(environment, files, names) {
	const folder = path.join(buildDir, "marks");
	const stamp = path.join(folder, ".setup.json");
	const inputs = { python: environment.python, packages };
	await step("marks", async (say) => {
		if (isStamped(stamp, inputs)) return "up to date";
		fs.rmSync(folder, { recursive: true, force: true });
		say.doing(`installing ${packages.join(", ")}`);
		const target = ["--no-deps", "--target", folder];
		await pipInstall(environment, [...target, ...packages], say);
		writeStamp(stamp, inputs);
		return `installed ${packages.join(", ")}`;
	});
	return await measure(
		environment.python,
		[
			"bench/keras_marks.py",
			...files,
			path.join(folder, "models"),
			String(os.availableParallelism()),
		],
		names,
		{ PYTHONPATH: folder },
	);
}
