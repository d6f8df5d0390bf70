import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { writeZip } from "../support/zip";
import { makeFolder, writeHdf5 } from "./files";
import { makeClone } from "./make_clone";

const archive = writeZip([{ name: "PetImages/Cat/0.jpg" }]);
const start = ["--require", "./scripts/check-node.cjs", "scripts/start.mjs"];

test("what the environment names wrongly ends npm start at once, with one message", async (t) => {
	const clone = makeClone(t);
	// Whatever would take long fails loudly.
	fs.rmSync(clone.path("node_modules"), { recursive: true });
	const folder = makeFolder(t);
	const write = (name: string, bytes: Buffer) => {
		const file = path.join(folder, name);
		fs.writeFileSync(file, bytes);
		return file;
	};
	const half = write("half.zip", archive.subarray(0, -30));
	const page = write("page.zip", Buffer.from("<!doctype html>".repeat(99)));
	const empty = write("empty", Buffer.alloc(0));
	const missing = path.join(folder, "missing");

	for (const [variable, value, message] of [
		["CATS_VS_DOGS", missing, "names a file that does not exist"],
		["CATS_VS_DOGS", page, "names a file that is not a zip archive"],
		["CATS_VS_DOGS", empty, "names a file that is not a zip archive"],
		["CATS_VS_DOGS", half, "names a zip archive whose end is missing"],
		["MOBILENET_V2_WEIGHTS", missing, "names a file that does not exist"],
		["MOBILENET_V2_WEIGHTS", page, "names a file that is not HDF5"],
		["MOBILENET_V2_WEIGHTS", empty, "names a file that is not HDF5"],
		["MOBILENET_V2_WEIGHTS", folder, "names a file that is not HDF5"],
	] as const) {
		const run = clone.start(process.execPath, start, { [variable]: value });
		const { code, output } = await run.ended;
		assert.equal(code, 1, output);
		assert.match(
			output,
			new RegExp(
				`^\n${variable} ${message}: ${value}( \\([\\d,]+ bytes\\))?\n[A-Z][^\n]*\n$`,
			),
		);
		assert.ok(!fs.existsSync(clone.path("build")), "the set-up has begun");
	}
	assert.ok(!fs.existsSync(clone.path("node_modules")));
});

test("the set-up reports the data and the weights that the environment names", async (t) => {
	const clone = makeClone(t);
	const MOBILENET_V2_WEIGHTS = writeHdf5(clone.root);
	const CATS_VS_DOGS = clone.path("lib");
	const named = await clone.setUp({ MOBILENET_V2_WEIGHTS, CATS_VS_DOGS });
	assert.equal(named.code, 0, named.output);
	assert.match(
		named.output,
		/^weights +weights\.h5 \(MOBILENET_V2_WEIGHTS\)$/m,
	);
	assert.match(named.output, /^images +lib \(CATS_VS_DOGS\)$/m);

	const drawn = await clone.setUp({
		MOBILENET_V2_WEIGHTS,
		CATS_VS_DOGS: "drawn",
	});
	assert.match(drawn.output, /^images +drawn .*stand-in/m);
	const none = await clone.setUp({ MOBILENET_V2_WEIGHTS });
	assert.match(none.output, /^images +none in data yet: .*825 MB/m);
});
