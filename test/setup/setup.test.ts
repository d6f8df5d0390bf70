import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { until } from "../support/until";
import type { Clone } from "./clone";
import { writeHdf5 } from "./files";
import { makeClone } from "./make_clone";

test("a second set-up runs no command and changes nothing", async (t) => {
	const clone = makeClone(t);
	const named = { MOBILENET_V2_WEIGHTS: writeHdf5(clone.root) };
	const first = await clone.setUp(named);
	assert.equal(first.code, 0, first.output);
	// The set-up writes a ticket for itself, and for each command that it runs.
	const tickets: string[] = [];
	const watcher = fs.watch(clone.path("build", "lock"), (_, name) =>
		tickets.push(name ?? ""),
	);
	t.after(() => watcher.close());
	const { code, output } = await clone.setUp(named);
	assert.equal(code, 0, output);
	assert.notEqual(tickets.length, 0);
	assert.deepEqual(
		tickets.filter((name) => !name.endsWith(".set-up")),
		[],
	);
	assert.doesNotMatch(output, /…/);
	for (const step of ["npm packages", "TensorFlow addon", "library"])
		assert.match(output, new RegExp(`^${step} +up to date$`, "m"));
	assert.match(output, /^Jupyter kernel +up to date$/m);
});

interface Kernel {
	readonly resource_dir: string;
	readonly spec: {
		readonly argv: readonly string[];
		readonly env: Readonly<Record<string, string>>;
		readonly language: string;
	};
}

/** The kernels that Jupyter itself finds, by name, in an environment's own Python. */
function listKernels(
	{ environment, env }: Clone,
	more: NodeJS.ProcessEnv = {},
): Record<string, Kernel> {
	const list = spawnSync(
		path.join(environment, "bin", "python"),
		["-m", "jupyter_client.kernelspecapp", "list", "--json"],
		{ env: { ...env, ...more }, encoding: "utf8" },
	);
	return JSON.parse(list.stdout).kernelspecs;
}

function findTslab(clone: Clone, env: NodeJS.ProcessEnv): Kernel {
	const { tslab } = listKernels(clone, env);
	assert.ok(tslab);
	return tslab;
}

/** What the clone's own commands add to the environment. */
async function jupyterEnvOf(clone: Clone): Promise<NodeJS.ProcessEnv> {
	const { output } = await clone.run(
		'import { jupyterEnv } from "./scripts/notebook/jupyter_env.mjs"; console.log(JSON.stringify(jupyterEnv));',
	);
	return JSON.parse(output);
}

test("the kernel is made known to Jupyter with absolute paths, in the clone and the environment and nowhere else", async (t) => {
	const clone = makeClone(t);
	const { code, output } = await clone.setUp({
		MOBILENET_V2_WEIGHTS: writeHdf5(clone.root),
	});
	assert.equal(code, 0, output);
	assert.deepEqual(fs.readdirSync(clone.path("home")), []);
	const kernel = findTslab(clone, await jupyterEnvOf(clone));
	assert.equal(kernel.resource_dir, clone.path("build/jupyter/kernels/tslab"));
	const { argv, env, language } = kernel.spec;
	assert.equal(language, "typescript");
	assert.equal(argv[0], process.execPath);
	const script = clone.path("lib/dist/jupyter/kernel.js");
	assert.deepEqual(argv.slice(1), [script, "{connection_file}"]);
	assert.ok(fs.existsSync(script));
	assert.match(env.TF_CPP_MIN_LOG_LEVEL ?? "", /^[13]$/);
});

test("clones that share an environment keep their kernels apart, and the user's own", async (t) => {
	const [one, two] = [makeClone(t), makeClone(t)];
	const shared = { CONDA_PREFIX: one.environment };
	const users = path.join(
		one.environment,
		"share/jupyter/kernels/tslab/kernel.json",
	);
	const own =
		'{ "argv": ["tslab"], "display_name": "mine", "language": "typescript" }';
	fs.mkdirSync(path.dirname(users), { recursive: true });
	fs.writeFileSync(users, own);
	const scripts: string[] = [];
	for (const clone of [one, two]) {
		const named = { MOBILENET_V2_WEIGHTS: writeHdf5(clone.root) };
		const { code, output } = await clone.setUp({ ...shared, ...named });
		assert.equal(code, 0, output);
	}
	for (const clone of [one, two]) {
		const env = { ...shared, ...(await jupyterEnvOf(clone)) };
		scripts.push(findTslab(one, env).spec.argv[1] ?? "");
	}
	assert.deepEqual(
		scripts,
		[one, two].map((clone) => clone.path("lib/dist/jupyter/kernel.js")),
	);
	assert.equal(fs.readFileSync(users, "utf8"), own);
	const names = Object.keys(listKernels(one)).filter((name) =>
		/^tslab-.+-[0-9a-f]{8}$/.test(name),
	);
	assert.equal(names.length, 2, "one for each clone, for editors");
});

test("a set-up that is interrupted while npm installs is taken up again", async (t) => {
	const clone = makeClone(t);
	const whole = clone.path("whole");
	fs.renameSync(clone.path("node_modules"), whole);
	const bin = clone.path("bin");
	fs.mkdirSync(bin);
	const npm = (script: string) =>
		fs.writeFileSync(path.join(bin, "npm"), `#!/bin/sh\n${script}\n`, {
			mode: 0o755,
		});
	const env = {
		PATH: `${bin}:${process.env.PATH}`,
		MOBILENET_V2_WEIGHTS: writeHdf5(clone.root),
	};

	npm(
		"mkdir -p node_modules/half node_modules/transfer-learning; touch begun; sleep 60",
	);
	const running = clone.startSetUp(env);
	await until(clone.root, () => fs.existsSync(clone.path("begun")));
	running.process.kill("SIGINT");
	assert.equal((await running.ended).code, 130);

	npm(
		`rm -r node_modules; cp -a whole node_modules; rm node_modules/.setup.json`,
	);
	const { code, output } = await clone.setUp(env);
	assert.equal(code, 0, output);
	assert.match(output, /^npm packages +npm ci …\nnpm packages +installed/);
});

test("a set-up that is interrupted while it compiles the library is taken up again", async (t) => {
	const clone = makeClone(t);
	const env = { MOBILENET_V2_WEIGHTS: writeHdf5(clone.root) };
	fs.rmSync(clone.path("lib", "dist"), { recursive: true, force: true });
	const running = clone.startSetUp(env);
	await running.printed(/compiling lib/);
	running.process.kill("SIGINT");
	assert.equal((await running.ended).code, 130);

	const { code, output } = await clone.setUp(env);
	assert.equal(code, 0, output);
	assert.match(output, /^library +compiled to lib\/dist/m);
});
