import * as fs from "node:fs";
import * as path from "node:path";
import {
	describeEnvironment,
	findEnvironment,
	venv,
} from "./find_environment.mjs";
import { addCuda, hasNvidiaDriver } from "./nvidia.mjs";
import { pipInstall } from "./pip.mjs";
import { findPython } from "./python.mjs";
import { readRequirements } from "./requirements.mjs";
import { CommandError, run } from "./run.mjs";
import { findHalfInstalled } from "./site_packages.mjs";
import { isStamped, writeStamp } from "./stamp.mjs";
import { step } from "./step.mjs";
import { UserError } from "./user_error.mjs";

/** @typedef {import("./find_environment.mjs").Environment} Environment */

/**
 * @param {Environment} environment
 * @returns {boolean} whether it is this clone's `.venv`, not one that others may also use
 */
export function isOwn({ prefix }) {
	return prefix === venv;
}

/**
 * Creates `.venv` with the packages of `environment.yml`, unless an active conda or mamba environment already has them.
 *
 * @returns {Promise<Environment>}
 */
export async function prepareEnvironment() {
	let environment = findEnvironment();
	await step("Python", async (say) => {
		const requirements = readRequirements();
		const gpu = hasNvidiaDriver();
		if (!isOwn(environment))
			return `the active environment ${environment.prefix}${describeMissingCuda(environment, gpu)}`;
		if (process.env.CONDA_PREFIX)
			say.note(
				`The active environment ${process.env.CONDA_PREFIX} does not match environment.yml: using .venv instead.`,
			);

		const packages = gpu
			? addCuda(requirements.packages)
			: requirements.packages;
		const stamp = path.join(venv, ".setup.json");
		const inputs = { prefix: venv, packages };
		const runs = hasRightPython(environment, requirements);
		if (
			runs &&
			isStamped(stamp, inputs) &&
			findHalfInstalled(environment.sitePackages).length === 0
		)
			return ".venv is up to date";

		if (!runs || !isWholeVenv(venv)) await makeVenv(requirements, say);
		fs.rmSync(stamp, { force: true });
		say.doing(`installing ${packages.join(", ")} into .venv`);
		environment = describeEnvironment(venv);
		await pipInstall(environment, packages, say);
		writeStamp(stamp, inputs);
		return `.venv has ${packages.join(", ")}`;
	});
	return environment;
}

/**
 * @param {import("./requirements.mjs").Requirements} requirements
 * @param {import("./step.mjs").Say} say
 */
async function makeVenv(requirements, say) {
	const python = findPython(requirements);
	say.doing(`creating .venv with Python ${python.version}`);
	fs.rmSync(venv, { recursive: true, force: true });
	try {
		await run(python.executable, ["-m", "venv", venv]);
	} catch (error) {
		if (!(error instanceof CommandError)) throw error;
		fs.rmSync(venv, { recursive: true, force: true });
		throw new UserError(
			`${python.executable} (Python ${python.version}) could not create the environment .venv:\n  ${error.output.trim().split("\n").at(-1)}\n` +
				"Name another Python with PYTHON=/path/to/python3, then run the command again.",
		);
	}
}

/**
 * A virtual environment contains absolute paths, so it is useless after it was copied or moved with its project, or after
 * its Python was uninstalled. `bin/activate` is written last.
 *
 * @param {string} prefix
 * @returns {boolean} whether the environment is complete, and was created in this place
 */
export function isWholeVenv(prefix) {
	const activate = path.join(prefix, "bin", "activate");
	return (
		fs.existsSync(path.join(prefix, "bin", "python")) &&
		fs.existsSync(activate) &&
		fs.readFileSync(activate, "utf8").includes(prefix)
	);
}

/**
 * @param {Environment} environment
 * @param {import("./requirements.mjs").Requirements} requirements
 * @returns {boolean} whether its Python exists, is supported, and is still the version that the environment was made for
 */
function hasRightPython(
	{ python, sitePackages },
	{ oldestMinor, newestMinor },
) {
	if (!fs.existsSync(python)) return false;
	const made = path.basename(path.dirname(sitePackages));
	const minor = Number(/^python3\.(\d+)$/.exec(made)?.[1]);
	// Where a system's python3 became a newer version, the packages lie in the old one's folder.
	const real = path.basename(fs.realpathSync(python));
	const changed = /^python3\.\d+$/.test(real) && real !== made;
	return minor >= oldestMinor && minor <= newestMinor && !changed;
}

/**
 * @param {Environment} environment
 * @param {boolean} gpu
 */
function describeMissingCuda(environment, gpu) {
	if (!gpu) return "";
	const cuda = path.join(environment.sitePackages, "nvidia", "cuda_runtime");
	if (fs.existsSync(cuda)) return "";
	const [tensorflow] = addCuda(readRequirements().packages).filter((item) =>
		item.startsWith("tensorflow["),
	);
	return `, without CUDA libraries (for the GPU: pip install '${tensorflow}')`;
}
