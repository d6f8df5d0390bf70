import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { makeFolder, writeHdf5 } from "../setup/files";
import { root } from "../support/python";
import { writeZip } from "../support/zip";

const archive = writeZip([{ name: "PetImages/Cat/0.jpg" }]);

test("relative names count from the folder in which npm was called", async (t) => {
	const { checkInputs } = await import("../../scripts/setup/inputs.mjs");
	const folder = makeFolder(t);
	const weights = writeHdf5(folder);
	fs.writeFileSync(path.join(folder, "photos.zip"), archive);
	const env = {
		INIT_CWD: folder,
		CATS_VS_DOGS: "./photos.zip",
		MOBILENET_V2_WEIGHTS: path.basename(weights),
	};
	checkInputs(env);
	assert.equal(env.CATS_VS_DOGS, path.join(folder, "photos.zip"));
	assert.equal(env.MOBILENET_V2_WEIGHTS, weights);
});

test("a folder of images, and drawn ones, are accepted for CATS_VS_DOGS", async (t) => {
	const { checkInputs } = await import("../../scripts/setup/inputs.mjs");
	for (const CATS_VS_DOGS of [makeFolder(t), "drawn"]) {
		const env = { INIT_CWD: root, CATS_VS_DOGS };
		checkInputs(env);
		assert.equal(env.CATS_VS_DOGS, CATS_VS_DOGS);
	}
});
