import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import type { Ended } from "./clone";
import { writeHdf5 } from "./files";
import { makeClone } from "./make_clone";

/** The set-up ended with the message about a full disk, and without a stack trace. */
function assertFull({ code, output }: Ended, what: RegExp): void {
	assert.equal(code, 1, output);
	const [, found = ""] =
		/\n\nNo space is left on the disk for (.*)\.\nThe project needs about 4 GB\. [^\n]+\n$/.exec(
			output,
		) ?? assert.fail(output);
	assert.match(found, what);
}

const noSpace = "echo 'error: No space left on device' >&2; exit 1";

test("a full disk is told in one message at each step, and the next run is whole", async (t) => {
	const clone = makeClone(t);
	const MOBILENET_V2_WEIGHTS = writeHdf5(clone.root);

	await t.test("npm, which only warns of it", async () => {
		const whole = clone.path("whole");
		fs.renameSync(clone.path("node_modules"), whole);
		fs.rmSync(path.join(whole, ".setup.json"));
		const copy = "rm -rf node_modules; cp -a whole node_modules";
		clone.fake(
			"npm",
			`[ "$1" = ci ] || exit; ${copy}; echo "npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write" >&2`,
		);
		assertFull(await clone.setUp(), /^the files of npm$/);
		assert.ok(!fs.existsSync(clone.path("node_modules", ".setup.json")));
		clone.fake("npm", `[ "$1" = ci ] || exit; ${copy}`);
		const { code, output } = await clone.setUp({ MOBILENET_V2_WEIGHTS });
		assert.equal(code, 0, output);
	});

	await t.test("the environment", async () => {
		clone.fake(
			"python3.13",
			`case "$1" in -c) echo 3.13.1 yes;; *) ${noSpace};; esac`,
		);
		assertFull(
			await clone.setUp({ CONDA_PREFIX: "" }),
			/^the files of python3\.13$/,
		);
		fs.rmSync(clone.path("bin", "python3.13"));
	});

	await t.test("the compiler", async () => {
		const kept = fs.readFileSync(clone.addon);
		fs.truncateSync(clone.addon, 1000);
		clone.fake(
			"c++",
			`[ "$1" = --version ] && echo fake 1.0 || { ${noSpace}; }`,
		);
		assertFull(await clone.setUp(), /^the files of c\+\+$/);
		fs.writeFileSync(clone.path("kept"), kept);
		clone.fake(
			"c++",
			'[ "$1" = --version ] && echo fake 1.0 && exit; while [ "$1" != -o ]; do shift; done; cp kept "$2"',
		);
		const { code, output } = await clone.setUp({ MOBILENET_V2_WEIGHTS });
		assert.equal(code, 0, output);
		assert.match(output, /^TensorFlow addon +built with/m);
		assert.deepEqual(fs.readFileSync(clone.addon), kept);
	});

	await t.test(
		"build",
		{ skip: !fs.existsSync("/dev/full") && "there is no /dev/full" },
		async () => {
			const kernel = clone.path("build/jupyter/kernels/tslab");
			fs.rmSync(path.join(kernel, "kernel.json"), { force: true });
			fs.symlinkSync("/dev/full", path.join(kernel, "kernel.json.half"));
			assertFull(await clone.setUp({ MOBILENET_V2_WEIGHTS }), /setup-test-/);
			fs.rmSync(path.join(kernel, "kernel.json.half"));
			const { code, output } = await clone.setUp({ MOBILENET_V2_WEIGHTS });
			assert.equal(code, 0, output);
		},
	);
});

test("a clone that its user may not write to is told in one message", async (t) => {
	const clone = makeClone(t);
	const build = clone.path("build");
	fs.rmSync(build, { recursive: true, force: true });
	fs.chmodSync(path.dirname(build), 0o555);
	// Root may write everywhere.
	const nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
	const isRoot = process.getuid?.() === 0;
	const command = [
		...(isRoot ? ["setpriv", ...nobody] : []),
		process.execPath,
		"scripts/setup.mjs",
	];
	const { code, output } = await clone.start(command[0] ?? "", command.slice(1))
		.ended;
	fs.chmodSync(path.dirname(build), 0o755);
	assert.equal(code, 1, output);
	assert.match(
		output,
		/^\n\S*build\S* could not be written: this user has no permission\.\nThe project writes into its own folder\. Copy or clone it to a folder of your own, then run the command there\.\n$/,
	);
});
