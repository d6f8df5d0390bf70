import * as fs from "node:fs";
import * as path from "node:path";
import {
	describeEnvironment,
	findEnvironment,
	listActive,
	venvOf,
} from "./find_environment.mjs";
import { addCuda, hasNvidiaDriver } from "./nvidia.mjs";
import { pipInstall } from "./pip.mjs";
import { venvStamp } from "./project.mjs";
import { findPython } from "./python.mjs";
import { CommandError, run } from "./run.mjs";
import { findHalfInstalled } from "./site_packages.mjs";
import { isStamped, writeStamp } from "./stamp.mjs";
import { step } from "./step.mjs";
import { UserError } from "./user_error.mjs";

/** @typedef {import("./find_environment.mjs").Environment} Environment */
/** @typedef {import("./project.mjs").Project} Project */

/**
 * @param {Project} project
 * @param {Environment} environment
 * @returns {boolean} whether it is the project's `.venv`, made by the set-up, not one that others may also use
 */
export function isOwn(project, { prefix }) {
	return project.ownsVenv && prefix === venvOf(project);
}

/**
 * Creates `.venv` with the packages that the project requires, unless an active environment is suitable, or the user
 * made a `.venv` that is.
 *
 * @param {Project} project
 * @returns {Promise<Environment>}
 * @throws {UserError}
 */
export async function prepareEnvironment(project) {
	const venv = venvOf(project);
	let environment = findEnvironment(project);
	await step("Python", async (say) => {
		const { requirements } = project;
		const gpu = hasNvidiaDriver();
		const isVenv = environment.prefix === venv;
		if (isVenv)
			for (const active of listActive(process.env))
				if (active !== venv)
					say.note(
						`The active environment ${active} ${project.findFault(describeEnvironment(active).sitePackages) ?? "has no Python"}: using .venv instead.`,
					);
		if (!isOwn(project, environment)) {
			if (isVenv) checkVenvOfUser(project, environment);
			const name = isVenv
				? ".venv"
				: `the active environment ${environment.prefix}`;
			return `${name}${describeMissingCuda(project, gpu, environment)}`;
		}

		const packages = gpu
			? addCuda(requirements.packages)
			: requirements.packages;
		const stamp = path.join(venv, venvStamp);
		const inputs = { prefix: venv, packages };
		const runs = hasRightPython(environment, requirements);
		if (
			runs &&
			isStamped(stamp, inputs) &&
			findHalfInstalled(environment.sitePackages).length === 0
		)
			return ".venv is up to date";

		if (!runs || !isWholeVenv(venv)) await makeVenv(venv, requirements, say);
		writeStamp(stamp, {}); // Ours, but not finished.
		say.doing(`installing ${packages.join(", ")} into .venv`);
		environment = describeEnvironment(venv);
		await pipInstall(environment, packages, say);
		writeStamp(stamp, inputs);
		return `.venv has ${packages.join(", ")}`;
	});
	return environment;
}

/**
 * @param {Project} project
 * @param {Environment} environment
 * @throws {UserError} if the user's own `.venv` is not suitable: it stays as it is
 */
function checkVenvOfUser(project, { prefix, python, sitePackages }) {
	const fault = project.findFault(sitePackages);
	if (fault)
		throw new UserError(
			`${prefix} ${fault}.
Install it there (${python} -m pip install ${project.requirements.packages.join(" ")}) or move .venv away, then run the command again.`,
		);
}

/**
 * @param {string} venv
 * @param {import("./project.mjs").Requirements} requirements
 * @param {import("./step.mjs").Say} say
 */
async function makeVenv(venv, requirements, say) {
	const python = findPython(requirements);
	say.doing(`creating .venv with Python ${python.version}`);
	fs.rmSync(venv, { recursive: true, force: true });
	writeStamp(path.join(venv, venvStamp), {}); // From the start, so that it counts as ours after an interruption.
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
 * @param {import("./project.mjs").Requirements} requirements
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
 * @param {Project} project
 * @param {boolean} gpu
 * @param {Environment} environment
 */
function describeMissingCuda({ requirements }, gpu, environment) {
	if (!gpu) return "";
	const cuda = path.join(environment.sitePackages, "nvidia", "cuda_runtime");
	if (fs.existsSync(cuda)) return "";
	const [tensorflow] = addCuda(requirements.packages).filter((item) =>
		item.startsWith("tensorflow["),
	);
	return `, without CUDA libraries (for the GPU: pip install '${tensorflow}')`;
}
